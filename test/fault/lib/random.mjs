// SPDX-License-Identifier: MIT
// random.mjs - the same SEED, the same choices.

export const SEED = Number(process.env.SEED ?? Date.now() % 1000000);

/** mulberry32: numbers in [0, 1). */
export function randomFrom(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
