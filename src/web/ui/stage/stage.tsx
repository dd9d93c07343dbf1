// SPDX-License-Identifier: MIT
// stage.tsx - what stands around the screens before one is in: wires, birds, a card.

import type { ComponentChildren } from 'preact';
import { narrow } from '../store.js';
import { t } from '../../strings/index.js';
import { Bird, Wordmark } from '../common/mark.js';

/** The height of wire k at x. */
const wireY = (k: number, x: number): number => {
  const u = x / 720;
  return 118 + 58 * k + (66 + 5 * k) * 2.2 * u * (1 - u) - 34 * u;
};
const wire = (k: number): string => Array.from({ length: 25 }, (_, i) => `${i ? 'L' : 'M'}${i * 30} ${wireY(k, i * 30).toFixed(1)}`).join('');
/* wire, x, scale, mirrored; the one in crimson is for whoever arrives */
const birds: [number, number, number, boolean?, boolean?][] = [
  [0, 470, 1.4], [1, 300, 1.45, true], [1, 566, 1.5], [2, 232, 1.5], [2, 390, 1.9, false, true], [3, 142, 1.35], [3, 540, 1.4, true], [4, 262, 1.4], [4, 452, 1.35],
];

const Wires = () => (
  <svg class="wires" viewBox="0 0 720 560" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
    {[0, 1, 2, 3, 4].map((k) => <path key={k} class="wire" d={wire(k)} />)}
    {birds.map(([k, x, s, flip, me]) => (
      <g key={`${k}-${x}`} class={me ? '' : 'mk-2'} transform={`translate(${x - (flip ? -1 : 1) * 16 * s} ${wireY(k, x) - 26.4 * s}) scale(${flip ? -s : s} ${s})`}><Bird /></g>
    ))}
  </svg>
);

const CardBirds = () => (
  <svg class="card-birds" width="150" height="36" viewBox="0 0 150 36" aria-hidden="true">
    <g class="mk-2" transform="translate(0 9.6)"><Bird /></g><g transform="translate(50 4.3) scale(1.2)"><Bird /></g><g class="mk-2" transform="translate(112 9.6)"><Bird /></g>
  </svg>
);

export function Stage({ title, lead, children }: { title: string; lead?: ComponentChildren; children: ComponentChildren }) {
  return (
    <div class="stage">
      <header class="stage-scene">
        <Wires />
        <Wordmark />
        {!narrow.value && <div class="stage-words"><p class="t-display">{t('stage.line')}</p><p class="ink2">{t('stage.sub')}</p></div>}
      </header>
      <main class="stage-card">
        <CardBirds />
        <div class="stage-in">
          <h1 class="t-h1">{title}</h1>
          {lead && <div class="ink2 stage-lead">{lead}</div>}
          {children}
        </div>
      </main>
    </div>
  );
}
