// SPDX-License-Identifier: MIT
// watch.ts - whose presence is wanted: those of the open chat first, then the direct chats at the top
// of the list; at most 200. In a large chat the server's count stands in for its members. Also here:
// what runs out by the clock (typing, mutes) and when this window is in use.

import { MARKS_SHOWN_TO } from '../state/marks.js';
import { typingAt } from '../state/typing.js';
import type { Core } from './core.js';
import type { Ms, UserId } from './shapes.js';

const WATCH_MAX = 200;
const WATCH_MS = 200;
const TICK_MS = 1000;
const MUTES_EACH = 15; // ticks

export class Watch {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private ticker: ReturnType<typeof setInterval> | undefined;
  private asked = '';

  constructor(private readonly core: Core) {}

  start(): void {
    let n = 0;
    this.ticker ??= setInterval(() => {
      for (const c of this.core.chats.peek().values()) c.typingState.value = typingAt(c.typingState.peek(), this.core.now());
      if (++n % MUTES_EACH === 0) this.core.tick();
    }, TICK_MS);
  }

  stop(): void {
    clearInterval(this.ticker);
    clearTimeout(this.timer);
    this.ticker = this.timer = undefined;
  }

  /** After hello the server watches nobody for us. */
  anew(): void {
    this.asked = '';
    this.later();
    if (!this.core.front) this.core.client.say('active', { on: false });
  }

  later(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.ask();
    }, WATCH_MS);
  }

  active(on: boolean): void {
    if (on === this.core.front) return;
    this.core.front = on;
    this.core.client.say('active', { on });
  }

  private wanted(): { users: UserId[]; chat?: number } {
    const { core } = this;
    const users = new Set<UserId>();
    const open = core.current.peek() === null ? undefined : core.peekChat(core.current.peek()!);
    for (const id of open?.people.peek() ?? []) users.add(id);
    for (const id of core.order.peek()) {
      const { peer } = core.peekChat(id)?.meta.peek() ?? {};
      if (peer) users.add(peer);
      if (users.size >= WATCH_MAX) break;
    }
    users.delete(core.me);
    const many = open && open.meta.peek().members > MARKS_SHOWN_TO;
    return { users: [...users].slice(0, WATCH_MAX), ...(many ? { chat: open.id } : {}) };
  }

  private async ask(): Promise<void> {
    if (!this.core.client.up) return;
    const wanted = this.wanted();
    const key = JSON.stringify(wanted);
    if (key === this.asked) return;
    this.asked = key;
    try {
      const { last_seen } = await this.core.call<{ last_seen?: Record<string, Ms> }>('watch', wanted);
      for (const [id, ts] of Object.entries(last_seen ?? {})) this.core.users.seen(Number(id), ts);
    } catch {
      this.asked = '';
    }
  }
}
