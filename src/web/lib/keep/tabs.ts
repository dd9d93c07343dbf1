// SPDX-License-Identifier: MIT
// tabs.ts - the tabs of one browser: what one tells the others, and what only one may do at a time.
//
// Each tab has a connection of its own; nothing the server says is passed on. What is told: drafts,
// the outbox, settings. A tab never hears itself.

import { uuid7 } from '../net/ids.js';
import type { Db } from './db.js';

export interface Told {
  about: string;
  [more: string]: unknown;
}

export interface Tabs {
  tell(message: Told): void;
  hear(listen: (message: Told) => void): () => void;
  /** Runs fn while no other tab runs one of the same name. */
  alone(name: string, fn: () => Promise<void>): Promise<void>;
  close(): void;
}

type Locks = { request(name: string, fn: () => Promise<void>): Promise<void> };

const LEASE_MS = 6000;

/** Where navigator.locks is missing (no secure context): a lease in the database, renewed. */
export function leases(db: Db, pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms))): Locks {
  const holder = uuid7();
  const take = (name: string) => db.lease(name, holder, Date.now(), Date.now() + LEASE_MS);
  let last = Promise.resolve();
  const request = async (name: string, fn: () => Promise<void>) => {
    while (!(await take(name))) await pause(LEASE_MS / 6);
    const renew = setInterval(() => void take(name), LEASE_MS / 3);
    try {
      await fn();
    } finally {
      clearInterval(renew);
      await db.lease(name, holder, Date.now(), 0);
    }
  };
  // Within one tab the holder is the same: it queues behind itself here.
  return { request: (name, fn) => (last = last.then(() => request(name, fn), () => request(name, fn))) };
}

export function createTabs(db: Db, locks: Locks | undefined = globalThis.navigator?.locks as Locks | undefined): Tabs {
  const channel = typeof BroadcastChannel === 'function' ? new BroadcastChannel('linnet') : null;
  const ears = new Set<(m: Told) => void>();
  if (channel) channel.onmessage = (e: MessageEvent) => ears.forEach((f) => f(e.data as Told));
  const lock = locks ?? leases(db);
  return {
    tell: (m) => channel?.postMessage(m),
    hear(listen) {
      ears.add(listen);
      return () => ears.delete(listen);
    },
    alone: (name, fn) => lock.request(name, fn),
    close: () => channel?.close(),
  };
}
