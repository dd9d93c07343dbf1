// SPDX-License-Identifier: MIT
// reading.ts - opening a chat and moving through its log; marks.

import { OpError } from '../errors.js';
import type { At } from '../session.js';
import { itemOf } from '../state/item.js';
import { lastMessage, takePage, tail, trimmed } from '../state/log.js';
import { readUpTo, withLast } from '../state/meta.js';
import { itemAt, type PageAsk } from '../state/segments.js';
import * as view from '../state/view.js';
import { IDLE, type ChatState, type ViewState } from './chat.js';
import type { Core } from './core.js';
import type { Feed } from './feed.js';
import type { ChatId, HistoryPage, Item, Place, Receipts, Seq } from './shapes.js';

const HELD_OPEN = 3000; // items held of the open chat
const HELD_CLOSED = 100;
const MARK_MS = 150;

const setState = (c: ChatState, more: Partial<ViewState>): void => void (c.state.value = { ...c.state.peek(), ...more });

export class Reading {
  private marking: ReturnType<typeof setTimeout> | undefined;
  private toMark = new Set<ChatState>();
  private turn = 0; // of open(): an older one that comes late changes nothing
  private unmet: { id: ChatId; at: At } | null = null; // asked for without a connection: shown after it

  constructor(private readonly core: Core, private readonly feed: Feed, private readonly opened: (c: ChatState) => void) {}

  private must(id: ChatId): ChatState {
    const c = this.core.peekChat(id);
    if (!c) throw new OpError({ code: 'forbidden', message: 'not in this chat' });
    return c;
  }

  async open(id: ChatId, at?: At): Promise<void> {
    const c = this.must(id);
    if (this.core.current.peek() !== id) this.close();
    const turn = ++this.turn;
    this.unmet = null;
    this.core.current.value = id;
    this.opened(c);
    const old = c.state.peek();
    setState(c, { ...this.dividerOf(c, at), failed: '', place: null, status: old.window ? old.status : 'loading' });
    try {
      await this.show(c, await this.wish(c, at), turn);
    } catch (e) {
      if (!(e instanceof OpError)) throw e;
      if (turn !== this.turn) return;
      this.unmet = { id, at };
      this.showHeld(c);
    }
  }

  /** The place that was asked for, unless the reader has moved meanwhile. */
  private missed(c: ChatState): { at: At } | null {
    const { unmet } = this;
    return unmet?.id === c.id && (unmet.at !== undefined || c.readerAtEnd) ? unmet : null;
  }

  /** The divider stands where reading had stopped; a jump elsewhere leaves it as it was. */
  private dividerOf(c: ChatState, at: At): Pick<ViewState, 'divider'> {
    const after = readUpTo(c.meta.peek());
    const old = c.state.peek().divider;
    if (after === null) return { divider: at === undefined ? null : old };
    return { divider: { after, count: c.meta.peek().unread } };
  }

  private async wish(c: ChatState, at: At): Promise<Place> {
    const { divider } = c.state.peek();
    if (at && at !== 'end' && 'seq' in at) return { seq: at.seq, align: 'center' };
    if (at && at !== 'end') return this.placeOf(c, at.ts);
    if (at === undefined && divider) return { seq: divider.after + 1, align: 'unread' };
    return { seq: c.meta.peek().head, align: 'end' };
  }

  private async placeOf(c: ChatState, ts: number): Promise<Place> {
    const page = await this.page(c, { at: ts });
    const first = page.items.find((i) => i.ts >= ts) ?? page.items.at(-1);
    return first ? { seq: first.seq, align: 'center' } : { seq: c.meta.peek().head, align: 'end' };
  }

  private async show(c: ChatState, place: Place, turn: number): Promise<void> {
    const move = () => (place.align === 'end' ? view.atEnd(c.log.peek()) : view.around(c.log.peek(), place.seq));
    let m = move();
    if (m && 'ask' in m) {
      if (!c.state.peek().window) setState(c, { status: 'loading' });
      await this.page(c, place.align === 'end' ? {} : m.ask, 2 * view.PAGE);
      m = move();
    }
    if (turn !== this.turn) return;
    const window = m && 'window' in m ? m.window : this.whole(c, place);
    if (!window) throw new OpError({ code: 'unknown', message: 'the page did not fit' });
    setState(c, { status: 'ready', window, place, stale: !this.core.client.up, busy: '', failed: '' });
    this.countDivider(c);
    this.bound(c);
  }

  /** Little is there: a page that came and still has less around than wished is all there is. */
  private whole(c: ChatState, place: Place): view.Window | null {
    const s = c.log.peek().segs.find((x) => x.lo <= place.seq && place.seq <= x.hi) ?? tail(c.log.peek());
    return s ? { lo: s.lo, hi: s === tail(c.log.peek()) ? Infinity : s.hi } : null;
  }

  /** Without a connection: what is held, from its end. */
  private showHeld(c: ChatState): void {
    const s = tail(c.log.peek()) ?? c.log.peek().segs.at(-1);
    if (c.state.peek().status === 'ready') return setState(c, { stale: true });
    if (!s) return setState(c, { status: 'failed' });
    const lo = s.items.at(-2 * view.PAGE)?.seq ?? s.lo;
    const hi = s === tail(c.log.peek()) ? Infinity : s.hi;
    setState(c, { status: 'ready', stale: true, window: { lo, hi }, place: { seq: s.hi, align: 'end' } });
  }

  /** The count on the divider: messages of others behind it, where all of them are held. */
  private countDivider(c: ChatState): void {
    const { divider } = c.state.peek();
    const s = tail(c.log.peek());
    if (!divider || !s || s.lo > divider.after + 1) return;
    const count = s.items.filter((i) => i.seq > divider.after && i.kind === 'message' && i.from !== this.core.me).length;
    setState(c, { divider: count ? { after: divider.after, count } : null });
  }

  /** After a reconnect, or when the log was dropped: the same place, up to date. */
  async refresh(c: ChatState): Promise<void> {
    if (this.core.current.peek() !== c.id) return setState(c, IDLE);
    const { view: shownNow } = c;
    const { items, atEnd } = shownNow.peek();
    const last = items.at(-1)?.seq;
    const turn = this.turn;
    const missed = this.missed(c);
    if (missed || !c.state.peek().window || last === undefined) return this.open(c.id, missed?.at);
    if (this.holds(c)) return setState(c, { stale: false });
    try {
      await this.page(c, {}, 2 * view.PAGE);
      const s = tail(c.log.peek());
      const joins = s && s.lo <= last + 1;
      if (!joins) await this.page(c, { around: last }, 2 * view.PAGE);
      if (turn !== this.turn) return;
      const m = joins && atEnd ? { window: { lo: s.lo, hi: Infinity } } : view.around(c.log.peek(), last);
      const window = m && 'window' in m ? m.window : this.whole(c, { seq: last, align: 'center' });
      if (window) setState(c, { window, stale: false, status: 'ready', busy: '', failed: '' });
    } catch {
      setState(c, { stale: true });
    }
  }

  private holds(c: ChatState): boolean {
    const { window } = c.state.peek();
    return window !== null && view.shown(c.log.peek(), window) !== undefined;
  }

  close(): void {
    const id = this.core.current.peek();
    const c = id === null ? undefined : this.core.peekChat(id);
    this.core.current.value = null;
    this.turn++;
    if (!c) return;
    c.state.value = IDLE;
    c.log.value = trimmed(c.log.peek(), c.log.peek().cursor, c.log.peek().cursor, HELD_CLOSED);
  }

  clearDivider(id: ChatId): void {
    const c = this.core.peekChat(id);
    if (c?.state.peek().divider) setState(c, { divider: null });
  }

  older(id: ChatId): Promise<void> {
    return this.grow(this.must(id), 'older', view.olderThan);
  }

  newer(id: ChatId): Promise<void> {
    return this.grow(this.must(id), 'newer', view.newerThan);
  }

  private async grow(c: ChatState, way: 'older' | 'newer', step: typeof view.olderThan): Promise<void> {
    const s = c.state.peek();
    if (s.busy || !s.window) return;
    let m = step(c.log.peek(), s.window);
    if (m && 'ask' in m) {
      setState(c, { busy: way, failed: '' });
      try {
        await this.page(c, m.ask, 2 * view.PAGE);
      } catch {
        return setState(c, { busy: '', failed: way });
      }
      const { window } = c.state.peek();
      m = window ? step(c.log.peek(), window) : null;
    }
    setState(c, { busy: '', failed: '', ...(m && 'window' in m ? { window: m.window } : {}) });
    this.bound(c);
  }

  /** Fetches a page into the log. A page older than what is remembered is asked for once more. */
  async page(c: ChatState, ask: PageAsk, limit = view.PAGE): Promise<HistoryPage> {
    for (let n = 0; ; n++) {
      const page = await this.core.call<HistoryPage>('history', { chat: c.id, ...ask, limit });
      this.core.users.putAll(page.users);
      const log = takePage(c.log.peek(), ask, page);
      if (!log && n < 2) continue;
      if (!log) throw new OpError({ code: 'unknown', message: 'the page came too late' });
      c.log.value = log;
      for (const i of page.items) if (i.from === this.core.me && i.cid) this.core.outbox.seen(i.cid);
      c.meta.value = withLast(c.meta.peek(), lastMessage(log));
      return page;
    }
  }

  /** Keeps windows and logs from growing for ever. */
  bound(c: ChatState): void {
    const { window } = c.state.peek();
    const log = c.log.peek();
    if (!window) {
      if ((tail(log)?.items.length ?? 0) > 2 * HELD_CLOSED) c.log.value = trimmed(log, log.cursor, log.cursor, HELD_CLOSED);
      return;
    }
    const next = view.bounded(log, window, c.readerAtEnd);
    if (next !== window) setState(c, { window: next });
    c.log.value = trimmed(log, next.lo, Math.min(next.hi, log.cursor), HELD_OPEN);
  }

  /* ---- marks ---- */

  mark(id: ChatId, seq: Seq): void {
    const c = this.core.peekChat(id);
    if (!c) return;
    const to = Math.min(seq, c.meta.peek().head);
    if (to <= c.wantRead || to <= c.meta.peek().read_seq) return;
    c.wantRead = to;
    this.feed.ownRead(c, to, to);
    this.sendMarks(c);
  }

  /** What was read here, and what has arrived: sent soon, together. */
  sendMarks(c: ChatState): void {
    this.toMark.add(c);
    this.marking ??= setTimeout(() => this.flushMarks(), MARK_MS);
  }

  private flushMarks(): void {
    this.marking = undefined;
    if (!this.core.client.up) return; // hello tells what the server knows; what is missing is sent then
    for (const c of this.toMark) {
      const { head } = c.meta.peek();
      const arrived = tail(c.log.peek()) ? Math.min(c.log.peek().cursor, head) : 0;
      const mark: { delivered?: Seq; read?: Seq } = {};
      if (arrived > c.told.delivered) mark.delivered = c.told.delivered = arrived;
      if (c.wantRead > c.told.read) mark.read = c.told.read = c.wantRead;
      if (mark.delivered || mark.read) this.core.client.say('mark', { chat: c.id, ...mark });
    }
    this.toMark.clear();
  }

  async markUnread(id: ChatId, from: Seq): Promise<void> {
    const c = this.core.peekChat(id);
    const { wantRead } = c ?? { wantRead: 0 };
    // What was read a moment ago is still being merged; written after this it would clear it again.
    if (from && wantRead >= from) await this.core.call('mark', { chat: id, read: wantRead });
    await this.core.call('unread', { chat: id, from });
    if (c) c.meta.value = { ...c.meta.peek(), unread_from: from };
  }

  receipts(id: ChatId, seq: Seq): Promise<Receipts> {
    return this.core.call<Receipts>('receipts', { chat: id, seq });
  }

  held(id: ChatId, seq: Seq): Item | undefined {
    const c = this.core.chat(id);
    return c ? itemAt(c.log.value.segs, seq) : undefined;
  }

  async item(id: ChatId, seq: Seq): Promise<Item | null> {
    const c = this.must(id);
    const here = itemAt(c.log.peek().segs, seq);
    if (here) return here;
    const page = await this.page(c, { after: seq - 1 }, 1);
    const found = page.items[0];
    return found?.seq === seq ? itemOf(found, page.head) : null;
  }

  /** The list shows this chat: its newest page is wanted for the preview, and for opening at once. */
  async glance(c: ChatState): Promise<void> {
    const held = tail(c.log.peek())?.items.length ?? 0;
    if (c.asked || held >= 20 || !c.meta.peek().head) return;
    c.asked = true;
    try {
      await this.page(c, {}, 30);
      this.sendMarks(c);
    } catch {
      c.asked = false;
    }
  }
}
