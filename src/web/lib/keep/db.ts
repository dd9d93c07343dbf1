// SPDX-License-Identifier: MIT
// db.ts - what is kept in the browser: four stores of values under string keys "scope/id".
//
// Holds when: a put that resolved is on the disk (as far as the browser tells). Where IndexedDB is
// missing or refuses, everything lives in memory, `durable` is false, and the page says so.

import { openDB, type IDBPDatabase } from 'idb';
import type { Ms } from '../types.js';

export type StoreName = 'outbox' | 'drafts' | 'chats' | 'misc';
const STORES: StoreName[] = ['outbox', 'drafts', 'chats', 'misc'];
const VERSION = 1;
const OPEN_MS = 3000;

export interface Db {
  readonly durable: boolean;
  get<T>(store: StoreName, key: string): Promise<T | undefined>;
  put(store: StoreName, key: string, value: unknown): Promise<void>;
  del(store: StoreName, key: string): Promise<void>;
  /** Values whose keys begin with the prefix, in the order of their keys. */
  all<T>(store: StoreName, prefix: string): Promise<T[]>;
  clear(store: StoreName, prefix: string): Promise<void>;
  /** Mine until then? One holder at a time, over all tabs; who asks again renews. */
  lease(name: string, holder: string, now: Ms, until: Ms): Promise<boolean>;
  close(): void;
}

interface Lease {
  holder: string;
  until: Ms;
}

const isFree = (l: Lease | undefined, holder: string, now: Ms): boolean => !l || l.holder === holder || l.until <= now;

export function memoryDb(): Db {
  const stores = new Map(STORES.map((n) => [n, new Map<string, unknown>()]));
  const of = (n: StoreName) => stores.get(n)!;
  const keys = (n: StoreName, prefix: string) => [...of(n).keys()].filter((k) => k.startsWith(prefix)).sort();
  return {
    durable: false,
    get: async <T>(n: StoreName, k: string) => of(n).get(k) as T | undefined,
    put: async (n, k, v) => void of(n).set(k, structuredClone(v)),
    del: async (n, k) => void of(n).delete(k),
    all: async <T>(n: StoreName, p: string) => keys(n, p).map((k) => of(n).get(k) as T),
    clear: async (n, p) => keys(n, p).forEach((k) => of(n).delete(k)),
    lease: async (name, holder, now, until) => {
      const free = isFree(of('misc').get(`lease/${name}`) as Lease | undefined, holder, now);
      if (free) of('misc').set(`lease/${name}`, { holder, until });
      return free;
    },
    close: () => {},
  };
}

const range = (prefix: string): IDBKeyRange => IDBKeyRange.bound(prefix, `${prefix}\uffff`);

function indexedDb(idb: IDBPDatabase): Db {
  return {
    durable: true,
    get: <T>(n: StoreName, k: string) => idb.get(n, k) as Promise<T | undefined>,
    async put(n, k, v) {
      const tx = idb.transaction(n, 'readwrite', { durability: n === 'outbox' ? 'strict' : 'relaxed' });
      await Promise.all([tx.store.put(v, k), tx.done]);
    },
    del: (n, k) => idb.delete(n, k),
    all: <T>(n: StoreName, p: string) => idb.getAll(n, range(p)) as Promise<T[]>,
    clear: (n, p) => idb.delete(n, range(p)),
    async lease(name, holder, now, until) {
      const tx = idb.transaction('misc', 'readwrite');
      const free = isFree((await tx.store.get(`lease/${name}`)) as Lease | undefined, holder, now);
      if (free) await tx.store.put({ holder, until }, `lease/${name}`);
      await tx.done;
      return free;
    },
    close: () => idb.close(),
  };
}

/** IndexedDB where it works, else memory. */
export async function openDb(name = 'linnet', factory: IDBFactory | undefined = globalThis.indexedDB): Promise<Db> {
  if (!factory) return memoryDb();
  const late = new Promise<null>((done) => setTimeout(done, OPEN_MS, null));
  const open = openDB(name, VERSION, {
    upgrade: (idb) => STORES.forEach((s) => idb.objectStoreNames.contains(s) || idb.createObjectStore(s)),
    blocking: (_now, _next, e) => (e.target as IDBDatabase).close(),
  }).catch(() => null);
  const idb = await Promise.race([open, late]);
  return idb ? indexedDb(idb) : memoryDb();
}
