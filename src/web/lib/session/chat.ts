// SPDX-License-Identifier: MIT
// chat.ts - one chat's state in signals. Written by the modules beside it only, by the pure functions
// of state/; read by the screens through the interface Chat.

import { computed, signal, type ReadonlySignal, type Signal } from '@preact/signals-core';
import type { Chat } from '../session.js';
import type { ChatId, ChatMeta, ChatRole, Draft, Item, LogView, Mark, Pending, Place, Row, TickLine, UserId } from '../types.js';
import { fresh, type Log } from '../state/log.js';
import { tickLine } from '../state/marks.js';
import { rowsOf } from '../state/rows.js';
import { NOBODY, type Typing } from '../state/typing.js';
import { shown, type Window } from '../state/view.js';

export interface ViewState {
  status: LogView['status'];
  window: Window | null;
  busy: LogView['busy'];
  failed: LogView['failed'];
  stale: boolean;
  place: Place | null;
  divider: LogView['divider'];
}

export const IDLE: ViewState = { status: 'idle', window: null, busy: '', failed: '', stale: false, place: null, divider: null };
export const NO_DRAFT: Draft = { text: '' };

type Shown = { items: readonly Item[]; atStart: boolean; atEnd: boolean };
const NOTHING: Shown = { items: [], atStart: false, atEnd: false };

const sameList = <T>(a: readonly T[], b: readonly T[]): boolean => a.length === b.length && a.every((x, i) => x === b[i]);

export class ChatState implements Chat {
  readonly id: ChatId;
  readonly meta: Signal<ChatMeta>;
  readonly log: Signal<Log>;
  readonly state = signal<ViewState>(IDLE);
  readonly marks = signal<ReadonlyMap<UserId, Mark>>(new Map());
  readonly typingState = signal<Typing>(NOBODY);
  readonly draft = signal<Draft>(NO_DRAFT);
  readonly outbox = signal<readonly Pending[]>([]);
  readonly roles = signal<ReadonlyMap<UserId, ChatRole>>(new Map());
  readonly membersKnown = signal(false);
  readonly counted = signal<number | null>(null); // online, as {"ev":"online"} tells it
  readonly pinned = signal<readonly Item[] | null>(null);

  readonly view: ReadonlySignal<LogView>;
  readonly rows: ReadonlySignal<readonly Row[]>;
  readonly ticks: ReadonlySignal<TickLine>;
  readonly typing: ReadonlySignal<readonly UserId[]>;
  readonly people: ReadonlySignal<readonly UserId[]>;
  readonly online: ReadonlySignal<number | null>;

  wantRead = 0; // read here; the server may not know it yet
  told = { delivered: 0, read: 0 }; // marks the server was told on this connection, or told us
  readerAtEnd = true;
  membersAt = 0; // the connection (core.line) on which members() was answered
  filling = false; // missing events are being fetched
  asked = false; // the newest page was asked for the list's preview
  private before: Shown = NOTHING;

  constructor(meta: ChatMeta, self: () => UserId, present: (id: UserId) => boolean | undefined) {
    this.id = meta.id;
    this.meta = signal(meta);
    this.log = signal(fresh(meta.head));
    const part = computed(() => this.part());
    this.view = computed(() => ({ ...this.rest(), ...part.value }));
    this.rows = computed(() => rowsOf(this.view.value, this.outbox.value, self()));
    this.ticks = computed(
      () => tickLine(this.marks.value, self(), this.meta.value.kind, this.meta.value.members, this.membersKnown.value),
    );
    this.typing = computed(() => this.typingState.value.users);
    const speakers = computed(() => this.speakers());
    this.people = computed(() => this.bySpeech(speakers.value));
    this.online = computed(() => this.countOnline(self(), present));
  }

  private rest(): Omit<LogView, keyof Shown> {
    const { status, busy, failed, stale, place, divider } = this.state.value;
    return { status, busy, failed, stale, place, divider };
  }

  /** What is shown now. Where the log was dropped, the last that was shown stays until it is back. */
  private part(): Shown {
    const { window } = this.state.value;
    if (!window) return (this.before = NOTHING);
    const now = shown(this.log.value, window);
    const old = this.before;
    if (!now) return old.atEnd ? (this.before = { ...old, atEnd: false }) : old;
    const same = now.atEnd === old.atEnd && now.atStart === old.atStart && sameList(now.items, old.items);
    return same ? old : (this.before = now);
  }

  /** Who spoke in what is held, the last first. */
  private speakers(): readonly UserId[] {
    const out = new Set<UserId>();
    const segs = this.log.value.segs;
    for (let i = segs.length - 1; i >= 0; i--) {
      const { items } = segs[i]!;
      for (let k = items.length - 1; k >= 0 && out.size < 60; k--) if (items[k]!.kind === 'message') out.add(items[k]!.from);
    }
    return [...out];
  }

  private bySpeech(speakers: readonly UserId[]): readonly UserId[] {
    const roles = this.roles.value;
    const { peer } = this.meta.value;
    if (!this.membersKnown.value) return [...new Set([...speakers, ...roles.keys(), ...(peer ? [peer] : [])])];
    const spoke = speakers.filter((id) => roles.has(id));
    return [...new Set([...spoke, ...roles.keys()])];
  }

  private countOnline(self: UserId, present: (id: UserId) => boolean | undefined): number | null {
    if (this.counted.value !== null) return this.counted.value;
    if (!this.membersKnown.value || present(self) === undefined) return null;
    let n = 0;
    for (const id of this.roles.value.keys()) n += id === self || present(id) ? 1 : 0;
    return n;
  }
}
