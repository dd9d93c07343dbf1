// SPDX-License-Identifier: MIT
// users.ts - everybody this client has heard of. One signal a person; who is asked for and not known
// is fetched with the others asked for in the same moment.

import { signal, type Signal } from '@preact/signals-core';
import type { User, UserId, WireUsers } from '../types.js';

const ASK_AFTER_MS = 30;
const ASK_MAX = 200;

const same = (a: User, b: User): boolean =>
  a.name === b.name && a.display === b.display && a.role === b.role && a.color === b.color &&
  a.disabled === b.disabled && a.last_seen === b.last_seen;

export class Users {
  private book = new Map<UserId, Signal<User>>();
  private names = new Map<string, UserId>();
  private wanted = new Set<UserId>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  readonly count = signal(0); // changes when somebody is added or renamed
  dirty = false; // changed since it was kept

  constructor(private readonly fetch: (ids: UserId[]) => Promise<WireUsers>) {}

  get(id: UserId): User {
    let s = this.book.get(id);
    if (!s) {
      this.book.set(id, (s = signal({ id, name: '' })));
      this.want(id);
    }
    return s.value;
  }

  known(id: UserId): User | undefined {
    const u = this.book.get(id)?.peek();
    return u?.name ? u : undefined;
  }

  named(name: string): User | undefined {
    const id = this.names.get(name.toLowerCase());
    return id === undefined ? undefined : this.known(id);
  }

  all(): User[] {
    void this.count.value;
    return [...this.book.values()].map((s) => s.peek()).filter((u) => u.name);
  }

  /** What an answer says about a person replaces what was known, but for when they were last seen. */
  put(id: UserId, told: Omit<User, 'id'>): void {
    const s = this.book.get(id);
    const old = s?.peek();
    const now: User = { ...told, id };
    if (now.last_seen === undefined && old?.last_seen !== undefined) now.last_seen = old.last_seen;
    if (old && same(old, now)) return;
    if (!old || old.name !== now.name || old.display !== now.display) this.count.value++;
    if (s) s.value = now;
    else this.book.set(id, signal(now));
    this.names.set(now.name, id);
    this.wanted.delete(id);
    this.dirty = true;
  }

  putAll(users: WireUsers | undefined): void {
    for (const [id, u] of Object.entries(users ?? {})) this.put(Number(id), u);
  }

  seen(id: UserId, ts: number): void {
    const old = this.known(id);
    if (old && (old.last_seen ?? 0) < ts) this.put(id, { ...old, last_seen: ts });
  }

  clear(): void {
    this.book.clear();
    this.names.clear();
    this.wanted.clear();
    this.count.value++;
  }

  private want(id: UserId): void {
    this.wanted.add(id);
    this.timer ??= setTimeout(() => void this.ask(), ASK_AFTER_MS);
  }

  /** After a sign-in too: what could not be asked while offline. */
  async ask(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const ids = [...this.wanted].filter((id) => id > 0).slice(0, ASK_MAX);
    if (!ids.length) return;
    try {
      this.putAll(await this.fetch(ids));
      ids.forEach((id) => this.wanted.delete(id)); // who is not told of is not to be seen by us
      if (this.wanted.size) this.timer = setTimeout(() => void this.ask(), ASK_AFTER_MS);
    } catch {
      // asked again after the next hello
    }
  }
}
