// SPDX-License-Identifier: MIT
// http.ts - one operation by POST: for what comes before a sign-in and for what sets the cookie.

import { OpError } from '../errors.js';

export type Fetch = (url: string, init: { method: string; headers: Record<string, string>; body: string; credentials: 'same-origin' }) => Promise<{
  ok: boolean;
  status: number;
  json(): Promise<unknown>;
}>;

export async function post<T>(fetch: Fetch, origin: string, op: string, args: object): Promise<T> {
  let res;
  try {
    res = await fetch(`${origin}/api/v1/${op}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(args),
      credentials: 'same-origin',
    });
  } catch {
    throw new OpError({ code: 'offline', message: 'no answer from the server' });
  }
  const answer = (await res.json().catch(() => ({}))) as T & { error?: { code: string; message?: string; retry_ms?: number } };
  if (!res.ok) throw new OpError(answer.error ?? { code: 'unknown', message: `HTTP ${res.status}` });
  return answer;
}
