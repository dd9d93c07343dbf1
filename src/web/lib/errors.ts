// SPDX-License-Identifier: MIT
// errors.ts - an operation the server refused, or that found no server.

export type Code =
  | 'bad_request' | 'too_large' | 'unauthorized' | 'forbidden' | 'unknown_op' | 'rate_limited' | 'busy'
  | 'conflict' | 'cid_reuse' | 'read_only' | 'unknown' | 'shutting_down' | 'timeout' | 'too_slow'
  | 'offline'; // ours: there is no connection, nothing was done

/** Codes with which the same request may succeed later: it was not done, or has a cid to tell. */
const TRANSIENT = new Set<string>(['busy', 'rate_limited', 'read_only', 'unknown', 'shutting_down', 'timeout', 'offline']);

export class OpError extends Error {
  readonly code: Code;
  readonly retryMs: number | undefined;

  constructor(e: { code: string; message?: string; retry_ms?: number }) {
    super(e.message ?? e.code);
    this.name = 'OpError';
    this.code = e.code as Code;
    this.retryMs = e.retry_ms;
  }

  get transient(): boolean {
    return TRANSIENT.has(this.code);
  }
}
