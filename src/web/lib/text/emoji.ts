// SPDX-License-Identifier: MIT
// emoji.ts - messages that are nothing but one to three emoji are drawn large.

import { graphemes } from './avatar.js';

const EMOJI = /^(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f|\p{Regional_Indicator}{2}|[0-9#*]\ufe0f?\u20e3)/u;
const REST = /^[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}\p{M}\u200d\ufe0f\u20e3\u{e0020}-\u{e007f}0-9#*]*$/u;

/** How many emoji a text consists of: 1 … 3, else 0. */
export function emojiOnly(text: string): 0 | 1 | 2 | 3 {
  if (text.length > 120) return 0;
  const marks = graphemes(text.replace(/\s+/gu, ''));
  if (marks.length < 1 || marks.length > 3) return 0;
  return marks.every((m) => EMOJI.test(m) && REST.test(m)) ? (marks.length as 1 | 2 | 3) : 0;
}
