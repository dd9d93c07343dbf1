// SPDX-License-Identifier: MIT
// trouble.tsx - a page that says what is the matter and what to do next.

import { BirdOnWire } from '../common/mark.js';

export const Trouble = ({ title, text, button, run }: { title: string; text: string; button: string; run: () => void }) => (
  <main class="trouble">
    <BirdOnWire />
    <h1 class="t-h1">{title}</h1>
    <p class="ink2">{text}</p>
    <button type="button" class="btn primary" onClick={run}>{button}</button>
  </main>
);
