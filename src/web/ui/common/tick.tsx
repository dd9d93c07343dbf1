// SPDX-License-Identifier: MIT
// tick.tsx - how far a message of mine has come: sending, sent, delivered, read, failed.

import type { Tick as TickState } from '../../lib/types.js';
import { t } from '../../strings/index.js';

const paths: Partial<Record<TickState, string>> = {
  sent: 'M4.5 6.5 8 10l6.5-8',
  delivered: 'M1 6.5 4.5 10 11 2M8.7 9.2l.8.8L16 2',
  read: 'M1.2 6.5 4.5 9.8 11 2M8.8 9l.8.8L16 2',
};

export const tickText = (state: TickState): string => t(`tick.${state}` as const);

export const Tick = ({ state }: { state: TickState }) => (
  <>
    <svg class={`tick ${state}`} viewBox="0 0 17 12" aria-hidden="true">
      {state === 'failed' ? <><circle cx="11" cy="6" r="5" /><path d="M11 3.4v3M11 8.5v.1" /></>
        : paths[state] ? <path d={paths[state]} /> : <circle cx="11" cy="6" r="4.2" stroke-dasharray="2.2 2.2" />}
    </svg>
    <span class="sr">{tickText(state)}</span>
  </>
);
