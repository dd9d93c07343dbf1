// SPDX-License-Identifier: MIT
// ids.ts - ids that sort by time, and how long to wait before the next try.

let lastMs = 0;

/** A UUIDv7: sorts by time, also within one page and one millisecond. */
export function uuid7(now = Date.now()): string {
  lastMs = Math.max(now, lastMs + 1);
  const b = crypto.getRandomValues(new Uint8Array(16));
  for (let i = 5, ms = lastMs; i >= 0; i--, ms = Math.floor(ms / 256)) b[i] = ms % 256;
  b[6] = 0x70 | (b[6]! & 15);
  b[8] = 0x80 | (b[8]! & 63);
  const hex = Array.from(b, (x) => x.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

export const BACKOFF_MAX_MS = 30_000;

/** Waiting before try n (0, 1, …): doubles up to 30 s, half of it random, so that a crowd spreads. */
export function backoff(n: number, random = Math.random()): number {
  const top = Math.min(BACKOFF_MAX_MS, 500 * 2 ** Math.min(n, 16));
  return Math.round(top / 2 + (random * top) / 2);
}
