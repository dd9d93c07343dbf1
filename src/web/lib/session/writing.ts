// SPDX-License-Identifier: MIT
// writing.ts - messages, changes to them, drafts, typing.

import { OpError } from '../errors.js';
import { uuid7 } from '../net/ids.js';
import { TYPING_EVERY_MS } from '../state/typing.js';
import { sendable } from '../text/bytes.js';
import { NO_DRAFT, type ChatState } from './chat.js';
import type { Core } from './core.js';
import type { Body, ChatId, Draft, Pending, Seq, UserId } from './shapes.js';

const DRAFT_MS = 300;

export type Message = { body: Body; reply?: Seq; thread?: Seq; mentions?: UserId[]; here?: boolean };

export class Writing {
  private typedAt = new Map<ChatId, number>();
  private timers = new Map<ChatId, ReturnType<typeof setTimeout>>();

  constructor(private readonly core: Core) {}

  send(chat: ChatId, m: Message): Promise<Pending> {
    const { body, reply, thread, mentions, here } = m;
    this.typedAt.delete(chat);
    return this.core.outbox.add({
      cid: uuid7(),
      chat,
      ts: this.core.now(),
      body: { ...body, text: sendable(body.text) },
      ...(reply ? { reply } : {}),
      ...(thread ? { thread } : {}),
      ...(mentions?.length ? { mentions } : {}),
      ...(here ? { here } : {}),
    });
  }

  /** What the outbox does with an entry: exactly once by its cid. */
  async post(p: Pending): Promise<{ seq: Seq }> {
    const { cid, chat, body, reply, thread, mentions, here } = p;
    return this.core.client.request<{ seq: Seq }>('send', { chat, cid, body, reply, thread, mentions, here });
  }

  typing(chat: ChatId): void {
    const now = this.core.now();
    if (now - (this.typedAt.get(chat) ?? 0) < TYPING_EVERY_MS) return;
    this.typedAt.set(chat, now);
    this.core.client.say('typing', { chat });
  }

  async edit(chat: ChatId, target: Seq, body: Body): Promise<void> {
    await this.core.call('edit', { chat, target, body: { ...body, text: sendable(body.text) } });
  }

  async del(chat: ChatId, target: Seq): Promise<void> {
    await this.core.call('delete', { chat, target });
  }

  async react(chat: ChatId, target: Seq, emoji: string, on: boolean): Promise<void> {
    await this.core.call('react', { chat, target, emoji, on });
  }

  async pin(chat: ChatId, target: Seq, on: boolean): Promise<void> {
    await this.core.call('pin', { chat, target, on });
  }

  /* ---- drafts ---- */

  setDraft(chat: ChatId, draft: Draft): void {
    const c = this.core.peekChat(chat);
    if (!c) throw new OpError({ code: 'forbidden', message: 'not in this chat' });
    c.draft.value = draft;
    clearTimeout(this.timers.get(chat));
    this.timers.set(chat, setTimeout(() => void this.keep(c), DRAFT_MS));
  }

  /** Every draft that waits, now: the page is about to go. */
  flush(): Promise<unknown> {
    const chats = [...this.timers.keys()].map((id) => this.core.peekChat(id)).filter((c): c is ChatState => c !== undefined);
    return Promise.all(chats.map((c) => this.keep(c)));
  }

  private async keep(c: ChatState): Promise<void> {
    const { core } = this;
    clearTimeout(this.timers.get(c.id));
    this.timers.delete(c.id);
    const draft = c.draft.peek();
    const key = `${core.scope}/${c.id}`;
    const empty = !draft.text && !draft.reply && !draft.edit;
    core.tabs.tell({ about: 'draft', scope: core.scope, chat: c.id, draft });
    await (empty ? core.db.del('drafts', key) : core.db.put('drafts', key, { chat: c.id, draft })).catch(() => {});
  }

  /** Another tab wrote it. What is being typed here, and not kept yet, stays. */
  heard(chat: ChatId, draft: Draft): void {
    const c = this.core.peekChat(chat);
    if (c && !this.timers.has(chat)) c.draft.value = draft ?? NO_DRAFT;
  }

  async loadDrafts(): Promise<void> {
    const kept = await this.core.db.all<{ chat: ChatId; draft: Draft }>('drafts', `${this.core.scope}/`).catch(() => []);
    for (const { chat, draft } of kept) this.heard(chat, draft);
  }
}
