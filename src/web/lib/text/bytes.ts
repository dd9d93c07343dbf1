// SPDX-License-Identifier: MIT
// bytes.ts - how long a text is for the server, which counts bytes of UTF-8.

export const MESSAGE_BYTES = 16_384; // [limits] message_bytes, as it is where nobody changed it
export const COUNTER_FROM = 15_000; // bytes from which on the composer shows a counter

/** Bytes of UTF-8, without making a copy. A lone surrogate counts as what it will be sent as (3). */
export function utf8Length(s: string): number {
  let n = s.length;
  for (let i = 0; i < s.length; i++) {
    const c = s.charCodeAt(i);
    if (c < 0x80) continue;
    if (c < 0x800) n += 1;
    else if (c >= 0xd800 && c < 0xdc00 && isLow(s.charCodeAt(i + 1))) {
      n += 2; // two units, four bytes
      i++;
    } else n += 2;
  }
  return n;
}

const isLow = (c: number): boolean => c >= 0xdc00 && c < 0xe000;

/** What JSON cannot carry to the server: lone surrogates become U+FFFD, NUL goes. */
export const sendable = (s: string): string =>
  s.replace(/\0/g, '').replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
