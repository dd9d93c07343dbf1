// SPDX-License-Identifier: MIT
// held.ts - rows do not jump from under a finger: while the pointer is over the list or focus is in
// it, a new order waits, at most 3 s.

import { useEffect, useRef, useState } from 'preact/hooks';
import type { ChatId } from '../../lib/types.js';

const HOLD_MS = 3000;

const sameSet = (a: readonly ChatId[], b: readonly ChatId[]): boolean => a.length === b.length && a.every((id) => b.includes(id));

export function useHeld(order: readonly ChatId[], isBusy: () => boolean): readonly ChatId[] {
  const held = useRef(order), since = useRef(0);
  const [, again] = useState(0);
  const differs = held.current.some((id, i) => id !== order[i]) || held.current.length !== order.length;
  if (!differs) since.current = 0;
  else {
    since.current ||= Date.now();
    if (!sameSet(held.current, order) || !isBusy() || Date.now() - since.current >= HOLD_MS) {
      held.current = order;
      since.current = 0;
    }
  }
  const waits = since.current > 0;
  useEffect(() => {
    if (!waits) return;
    const timer = setInterval(() => again((n) => n + 1), 250);
    return () => clearInterval(timer);
  }, [waits]);
  return held.current;
}
