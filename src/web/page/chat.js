// SPDX-License-Identifier: MIT
// chat.js - the open chat: its log, kept in place while it changes, and the composer.

import { $, avatar, bird, closeMenu, el, icon, openMenu, perched, richText, tick, toast } from './dom.js';
import * as people from './people.js';
import { uuid7 } from './proto.js';
import * as S from './state.js';

const TEXT_MAX = 16384;
const ROLES = { owner: 'an owner', moderator: 'a moderator', member: 'a member', readonly: 'read-only' };
const QUICK = ['👍', '❤️', '😂', '🎉', '😮', '🙏'];
const bytes = (text) => new TextEncoder().encode(text).length;
const clock = (ts) => new Date(ts).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
const dayOf = (ts) => {
  const days = (new Date().setHours(0, 0, 0, 0) - new Date(ts).setHours(0, 0, 0, 0)) / 864e5;
  return days === 0 ? 'Today' : days === 1 ? 'Yesterday'
    : new Date(ts).toLocaleDateString([], { weekday: 'long', day: 'numeric', month: 'long', year: days > 300 ? 'numeric' : undefined });
};

export class ChatView {
  constructor(app) {
    Object.assign(this, { app, nodes: new Map(), drafts: new Map(), reply: null, edit: null, typedAt: 0, unseen: 0 });
    this.log = $('log');
    this.text = $('text');
    this.log.onscroll = () => this.scrolled();
    this.log.oncontextmenu = (e) => this.contextMenu(e);
    addEventListener('focus', () => this.readSoon());
    $('composer').onsubmit = (e) => { e.preventDefault(); this.submit(); };
    this.text.onkeydown = (e) => this.key(e);
    this.text.oninput = () => this.typed();
    $('strip-x').onclick = () => this.leaveMode();
    $('jump').onclick = () => this.toEnd();
    $('more').onclick = () => this.chatMenu();
    $('nochat').append(perched(), el('p', {}, 'Pick a chat, or start one.'));
    new ResizeObserver(() => this.stick && this.toEnd()).observe(this.log);
  }

  enter(c) {
    Object.assign(this, { chat: c, stick: true, unseen: 0, placed: false, error: null });
    this.newAfter = c.unread ? c.read_seq ?? 0 : null;
    this.text.value = this.drafts.get(c.id) ?? '';
    if (matchMedia('(pointer: fine)').matches) this.text.focus();
    this.sized();
  }

  leave() {
    if (this.chat && !this.edit) this.drafts.set(this.chat.id, this.text.value);
    this.leaveMode();
    this.chat = null;
    this.nodes.clear();
    $('rows').replaceChildren();
  }

  failed(err) {
    this.error = err.message;
    this.draw();
  }

  // ── the log ──
  draw() {
    const c = this.app.current();
    for (const id of ['log', 'foot']) $(id).hidden = !c;
    document.querySelector('.head').hidden = !c;
    $('nochat').hidden = !!c;
    if (!c || this.chat?.id !== c.id) return;
    this.chat = c;
    this.drawHead(c);
    this.drawTyping(c);
    const { state, outbox } = this.app;
    const held = new Set(c.items.map((i) => i.cid).filter(Boolean));
    const pending = outbox.of(c.id).filter((e) => !held.has(e.cid))
      .map((e) => ({ ...e, kind: 'message', from: state.self.id, seq: null, pending: e }));
    const rows = c.loaded || pending.length ? S.rowsOf(state, c, pending, this.newAfter, dayOf) : [];
    if (c.loaded && !c.older) rows.unshift({ type: 'start', key: 'start', empty: !rows.length });
    if (this.error && !c.loaded) rows.unshift({ type: 'error', key: 'error' });
    this.keepPlace(() => this.patch(c, rows));
    if (c.loaded && !this.placed) this.place();
    this.older();
    this.readSoon();
  }

  /** Reuses the element of every row that looks the same as before. */
  patch(c, rows) {
    const old = this.nodes;
    this.nodes = new Map();
    let at = $('rows').firstChild;
    for (const row of rows) {
      const look = this.lookOf(c, row);
      let node = old.get(row.key);
      if (node?.look !== look) node = Object.assign(this.render(c, row), { look, row });
      this.nodes.set(row.key, node);
      if (node === at) at = at.nextSibling;
      else $('rows').insertBefore(node, at);
    }
    for (const node of [...$('rows').children]) if (this.nodes.get(node.row.key) !== node) node.remove();
  }

  lookOf(c, { item, ...row }) {
    if (!item) return JSON.stringify(row);
    const { state } = this.app;
    const quoted = item.reply && c.items.find((i) => i.seq === item.reply);
    return JSON.stringify([row.first, row.last, item, this.tickOf(c, item), this.app.online(), S.nameOf(state, item.from), quoted?.v, !quoted]);
  }

  /** Runs a change of the log so that the end stays the end, or what is being read stays in place. */
  keepPlace(change) {
    const { log } = this;
    const top = log.getBoundingClientRect().top;
    // a message, not a divider: that of a day moves up when older messages of the day come in before it
    const anchor = !this.stick && [...$('rows').children].find((n) => n.row.item && n.getBoundingClientRect().bottom > top);
    const before = anchor && anchor.getBoundingClientRect().bottom;
    change();
    if (this.stick) log.scrollTop = log.scrollHeight;
    const now = anchor && this.nodes.get(anchor.row.key); // drawn anew where it no longer begins a group
    if (now) log.scrollTop += now.getBoundingClientRect().bottom - before;
  }

  /** First look at a chat: its first new message a third from the top, else the end. */
  place() {
    this.placed = true;
    const line = this.nodes.get('new');
    if (!line) return this.toEnd();
    const y = line.offsetTop - this.log.clientHeight * 0.3;
    this.stick = y + this.log.clientHeight >= this.log.scrollHeight;
    this.log.scrollTop = y;
  }

  toEnd() {
    Object.assign(this, { stick: true, unseen: 0 });
    this.log.scrollTop = this.log.scrollHeight;
    $('jump').hidden = true;
  }

  scrolled() {
    const { log } = this;
    const left = log.scrollHeight - log.clientHeight - log.scrollTop;
    this.stick = left < 40;
    if (this.stick) this.unseen = 0;
    $('jump').hidden = left < 400;
    $('jump').textContent = this.unseen ? `${this.unseen} new message${this.unseen > 1 ? 's' : ''}` : 'Latest';
    this.older();
    this.readSoon();
  }

  /** Fetches the page before what is held once less than one and a half screens of it are above. */
  async older() {
    const c = this.chat;
    if (!c?.loaded || !c.older || c.paging || !c.items.length || !this.placed) return;
    if (this.log.scrollTop >= this.log.clientHeight * 1.5) return;
    c.paging = true;
    const before = c.items[0].seq;
    try {
      const h = await this.app.client.request('history', { chat: c.id, before, limit: 50 });
      if (c.items[0]?.seq === before) S.applyOlder(this.app.state, c, h);
    } catch (err) {
      if (err.code !== 'offline') toast(`Older messages didn’t come: ${err.message}.`);
      await new Promise((done) => setTimeout(done, 3000));
    }
    c.paging = false;
    this.app.draw();
  }

  readSoon() {
    clearTimeout(this.readTimer);
    this.readTimer = setTimeout(() => {
      const c = this.chat;
      if (!c?.loaded || document.hidden || !document.hasFocus()) return;
      const end = this.log.getBoundingClientRect().bottom;
      const seen = [...$('rows').children].filter((n) => n.row.item?.seq && n.getBoundingClientRect().bottom <= end + 8);
      const seq = this.stick ? c.head : seen.at(-1)?.row.item.seq;
      if (seq) this.app.markRead(c, seq);
    }, 400);
  }

  arrived(e) {
    if (e.kind !== 'message') return;
    if (!this.stick) this.unseen++;
    $('spoken').textContent = `${S.nameOf(this.app.state, e.from)}: ${e.body?.text ?? ''}`;
  }

  tickOf(c, item) {
    if (item.from !== this.app.state.self.id) return null;
    if (item.pending) return item.pending.failed ? 'failed' : item.pending.seq ? 'sent' : 'sending';
    return S.tickOf(this.app.state, c, item.seq);
  }

  render(c, row) {
    if (row.type === 'day') return el('div.day', {}, el('span', {}, row.label));
    if (row.type === 'new') return el('div.new', {}, `${row.count} new message${row.count > 1 ? 's' : ''}`, bird());
    if (row.type === 'start') return el('div.start', {}, row.empty && perched(), el('p', {}, row.empty ? 'Say the first thing' : 'This is where it begins.'));
    if (row.type === 'error') return el('p.start', {}, `The messages didn’t come: ${this.error}. `);
    return row.type === 'sys' ? el('p.sys', {}, this.sysText(row.item)) : this.message(c, row);
  }

  sysText(i) {
    const { state } = this.app;
    const name = (id) => el('bdi', {}, S.nameOf(state, id));
    const who = i.from ? name(i.from) : 'The server';
    const others = (i.users ?? []).filter((u) => u !== i.from).flatMap((u, n) => (n ? [', ', name(u)] : [name(u)]));
    const by = (did, was) => (i.from && others.length ? [who, did, ...others] : [...(others.length ? others : [who]), was]);
    const words = { join: () => by(' added ', ' joined'), leave: () => by(' removed ', ' left'),
      role: () => [name(i.user), ` is now ${ROLES[i.role]}`], title: () => [who, ' named this chat “', el('bdi', {}, i.title), '”'],
      topic: () => (i.topic ? [who, ' set the topic: ', el('bdi', {}, i.topic)] : [who, ' cleared the topic']),
      archive: () => [who, i.on ? ' archived this chat' : ' brought this chat back'] };
    return [...(words[i.kind]?.() ?? [who, `: ${i.kind}`]), ` · ${clock(i.ts)}`];
  }

  message(c, { item, own, first, last }) {
    const name = S.nameOf(this.app.state, item.from);
    const meta = el('span.meta', {}, item.pinned && 'pinned · ', item.edited_ts && 'edited ', el('time', { title: new Date(item.ts).toLocaleString() }, clock(item.ts)),
      own && !item.deleted && tick(this.tickOf(c, item)));
    const text = item.deleted ? el('i.gone', {}, own ? 'You deleted this message' : `${name}’s message was deleted`)
      : el('span.text', { dir: 'auto' }, richText(item.body?.text ?? '', (n) => this.knows(n)));
    const bubble = el('div.bubble', {}, this.quote(c, item), text, (own || (item.edited_ts && !item.deleted) || item.pinned) && meta);
    const more = item.seq && !item.deleted && el('button.icon.act', { type: 'button', 'aria-label': 'Message actions', 'aria-haspopup': 'menu',
      onclick: (e) => this.messageMenu(e.currentTarget, item) }, icon('more'));
    return el(`article.msg.${own ? 'own' : 'other'}${first ? '.first' : ''}${last ? '.last' : ''}`, { 'aria-label': `${own ? 'You' : name}, ${clock(item.ts)}` },
      !own && first && avatar(item.from, name),
      el('div.body', {}, !own && first && el(`p.who.h${S.hueOf(item.from)}`, {}, el('b', { dir: 'auto' }, name), ' ', el('time', { title: new Date(item.ts).toLocaleString() }, clock(item.ts))),
        el('div.line', {}, bubble, more), this.reactions(item), this.trouble(item)));
  }

  knows(name) {
    if (name === this.app.state.self.name || name === 'here' || name === 'all') return 'me';
    return [...this.app.state.users.values()].some((u) => u.name === name) && 'other';
  }

  quote(c, item) {
    if (!item.reply) return null;
    const q = c.items.find((i) => i.seq === item.reply);
    const text = !q ? 'An older message' : q.deleted ? 'Deleted message' : q.body?.text ?? '';
    return el(`button.quote${q ? `.h${S.hueOf(q.from)}` : ''}`, { type: 'button', onclick: () => this.flash(item.reply) },
      el('b', {}, q ? S.nameOf(this.app.state, q.from) : 'Reply'), el('span', { dir: 'auto' }, text));
  }

  flash(seq) {
    const node = [...this.nodes.values()].find((n) => n.row.item?.seq === seq);
    node?.scrollIntoView({ block: 'center' });
    node?.classList.add('lit');
    setTimeout(() => node?.classList.remove('lit'), 1200);
  }

  reactions(item) {
    const all = Object.entries(item.reactions ?? {}).filter(([, who]) => who.length);
    const me = this.app.state.self.id;
    return all.length > 0 && el('div.reacts', {}, all.map(([emoji, who]) => el(`button.react${who.includes(me) ? '.mine' : ''}`,
      { type: 'button', title: who.map((u) => S.nameOf(this.app.state, u)).join(', '), 'aria-pressed': String(who.includes(me)),
        onclick: () => this.react(item, emoji, !who.includes(me)) }, `${emoji} ${who.length}`)));
  }

  trouble({ pending }) {
    if (pending?.failed) {
      const { outbox } = this.app;
      return el('p.trouble.bad', {}, `Not sent: ${pending.failed}. `, el('button', { type: 'button', onclick: () => outbox.retry(pending) }, 'Try again'),
        el('button', { type: 'button', onclick: () => outbox.drop(pending.cid) }, 'Delete'));
    }
    return pending && !this.app.online() && el('p.trouble', {}, 'Will be sent when you’re back online');
  }

  // ── what one does with a message ──
  act(op, item, args) {
    return this.app.client.request(op, { chat: this.chat.id, target: item.seq, ...args }).catch((err) => toast(`That didn’t work: ${err.message}.`));
  }
  react(item, emoji, on) {
    return this.act('react', item, { emoji, on });
  }

  messageMenu(at, item) {
    const { self } = this.app.state, own = item.from === self.id;
    const governs = ['owner', 'moderator'].includes(this.chat.role);
    const mayDelete = own || governs, mayPin = governs || this.chat.kind === 'direct';
    const sure = () => openMenu(at, [{ label: 'Delete for everyone', danger: true, run: () => this.act('delete', item) }, { label: 'Cancel', run: () => {} }]);
    openMenu(at, [
      { emoji: QUICK, run: (x) => this.react(item, x, !item.reactions?.[x]?.includes(self.id)) },
      { label: 'Reply', run: () => this.mode('reply', item) },
      own && { label: 'Edit', run: () => this.mode('edit', item) },
      { label: 'Copy text', run: () => navigator.clipboard?.writeText(item.body.text) },
      mayPin && { label: item.pinned ? 'Unpin' : 'Pin', run: () => this.act('pin', item, { on: !item.pinned }) },
      mayDelete && { label: 'Delete…', danger: true, run: sure },
    ]);
  }

  contextMenu(e) {
    const node = e.target.closest('article'), item = node?.row?.item;
    if (!item?.seq || item.deleted || e.target.closest('a') || !getSelection().isCollapsed) return;
    e.preventDefault();
    this.messageMenu({ x: e.clientX, y: e.clientY }, item);
  }

  chatMenu() {
    const c = this.chat, { client } = this.app;
    const op = (name, args) => client.request(name, { chat: c.id, ...args }).catch((err) => toast(`That didn’t work: ${err.message}.`));
    const several = c.kind !== 'direct';
    const sure = () => openMenu($('more'), [{ label: `Leave ${S.titleOf(this.app.state, c)}`, danger: true, run: () => op('chat.leave') }, { label: 'Stay', run: () => {} }]);
    openMenu($('more'), [
      several && { label: 'Members', run: () => people.members(this.app, c) },
      several && { label: 'Add people', run: () => people.addPeople(this.app, c) },
      { label: c.muted ? 'Turn sound on' : 'Mute', run: () => op('chat.notify', { level: c.level ?? 'all', muted: !c.muted }).then((a) => { if (a) c.muted = !c.muted; this.app.draw(); }) },
      several && { label: 'Leave…', danger: true, run: sure },
    ]);
  }

  // ── head and typing line ──
  drawHead(c) {
    const { state } = this.app, online = this.app.online();
    const here = online ? (c.list ?? []).map((m) => m.user).filter((u) => u !== state.self.id && state.presence.get(u) === 'on') : [];
    $('title').textContent = S.titleOf(state, c);
    const count = c.list && !c.unlisted ? c.list.length : c.members;
    const peer = { on: 'Online', away: 'Away' }[state.presence.get(c.peer)] ?? '';
    $('sub').textContent = c.kind === 'direct' ? (online ? peer : '') : [count && (here.length ? `${here.length + 1} of ${count} here` : S.membersOf(count)), c.topic].filter(Boolean).join(' · ');
    $('perch').replaceChildren(...(c.kind === 'direct' ? [] : here.slice(0, 8)).map((u) => avatar(u, S.nameOf(state, u))));
    $('perch').setAttribute('aria-label', here.length ? `Here now: ${here.map((u) => S.nameOf(state, u)).join(', ')}` : 'Nobody else is here');
    this.text.placeholder = `Message ${S.titleOf(state, c)}`;
    $('composer').classList.toggle('off', c.role === 'readonly' || !!c.archived);
  }

  drawTyping(c) {
    const who = [...(this.app.typing.get(c.id)?.keys() ?? [])].map((u) => S.nameOf(this.app.state, u));
    $('typing').classList.toggle('on', who.length > 0 && this.app.online());
    $('typing-text').textContent = !who.length ? '' : who.length > 2 ? `${who.length} people are typing` : `${who.join(' and ')} ${who.length > 1 ? 'are' : 'is'} typing`;
  }

  // ── the composer ──
  mode(what, item) {
    this.leaveMode();
    this[what] = item;
    $('strip').hidden = false;
    $('strip-text').replaceChildren(el('b', {}, what === 'edit' ? 'Edit message' : S.nameOf(this.app.state, item.from)), ` ${item.body.text}`);
    if (what === 'edit') {
      this.drafts.set(this.chat.id, this.text.value);
      this.text.value = item.body.text;
    }
    this.text.focus();
    this.sized();
  }

  leaveMode() {
    if (this.edit) this.text.value = this.drafts.get(this.chat?.id) ?? '';
    Object.assign(this, { reply: null, edit: null });
    $('strip').hidden = true;
    this.sized();
  }

  sized() {
    this.text.style.setProperty('height', 'auto');
    this.text.style.setProperty('height', `${Math.min(this.text.scrollHeight, innerHeight * 0.4)}px`);
    const n = bytes(this.text.value);
    $('over').textContent = n > TEXT_MAX ? `${n - TEXT_MAX} over` : '';
    $('send').classList.toggle('ready', this.text.value.trim() !== '' && n <= TEXT_MAX);
    $('send').replaceChildren(icon(this.edit ? 'check' : 'send'));
  }

  typed() {
    this.sized();
    if (this.edit || !this.text.value || Date.now() - this.typedAt < 3000) return;
    this.typedAt = Date.now();
    this.app.client.say('typing', { chat: this.chat.id });
  }

  key(e) {
    if (e.key === 'Enter' && !e.shiftKey && !e.isComposing) {
      e.preventDefault();
      this.submit();
    } else if (e.key === 'Escape') {
      this.leaveMode();
      closeMenu();
    } else if (e.key === 'ArrowUp' && !this.text.value) {
      const mine = this.chat.items.findLast((i) => i.kind === 'message' && i.from === this.app.state.self.id && !i.deleted);
      if (mine) this.mode('edit', mine);
    }
  }

  submit() {
    const text = this.text.value.trim();
    if (!text || bytes(text) > TEXT_MAX) return;
    const { mentions, here } = S.mentionsIn(this.app.state, text);
    const c = this.chat, { edit, reply } = this;
    if (edit) {
      if (text !== edit.body.text) this.act('edit', edit, { body: { text } });
    } else {
      this.text.value = '';
      this.drafts.delete(c.id);
      this.newAfter = null;
      this.app.outbox.add({ cid: uuid7(), chat: c.id, ts: Date.now(), body: { text }, reply: reply?.seq,
        mentions: mentions.length ? mentions : undefined, here: here || undefined });
      this.toEnd();
    }
    this.leaveMode();
    this.typedAt = 0;
  }
}
