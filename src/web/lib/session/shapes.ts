// SPDX-License-Identifier: MIT
// shapes.ts - the types that the parts of a session use most, in one place to import from.

export type * from '../types.js';
export type { Frame } from '../net/client.js';
