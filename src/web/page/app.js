// SPDX-License-Identifier: MIT
// app.js - joins the pieces: the server's words into the state, the state onto the page.

import { showAuth } from './auth.js';
import { ChatView } from './chat.js';
import { $, avatar, bird, closeMenu, el, icon, openMenu, perched } from './dom.js';
import { Outbox } from './outbox.js';
import * as people from './people.js';
import { Client, post } from './proto.js';
import * as S from './state.js';

const state = S.createState();
const typing = new Map(); // chat → Map(user → until ms)
let open = null; // id of the chat on the sheet
let link = { name: 'connecting' };
const url = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`;
const client = new Client(url, {
  resume: () => (state.epoch ? { epoch: state.epoch, cursors: S.cursorsOf(state) } : {}),
  onHello, onEvent, onState,
});
const outbox = new Outbox(
  ({ chat, cid, body, reply, mentions, here }) => client.request('send', { chat, cid, body, reply, mentions, here }),
  () => { settle(); draw(); });
const app = { state, client, outbox, typing, draw, show, select, current: () => state.chats.get(open), online: () => client.up };
const view = new ChatView(app);

// ── from the server ──
function onHello(h) {
  S.applyHello(state, h);
  typing.clear();
  $('stage').hidden = true;
  $('app').hidden = false;
  outbox.open(h.epoch, h.self.id);
  if (open == null && state.chats.has(history.state?.chat)) show(history.state.chat); // a reload stays where it was
  if (!h.more) settle();
  rest(h.more).catch(() => {});
}

/** What does not belong to the first answer: older chats, last lines, marks of those we now hold. */
async function rest(more) {
  for (let after = 0; more;) {
    const page = await client.request('chat.list', { after, limit: 100 });
    S.addUsers(state, page.users);
    for (const c of page.chats) if (!state.chats.has(c.id)) S.applyChat(state, c, 1e6 + state.chats.size);
    after = page.chats.at(-1)?.id;
    more = page.more && after;
  }
  for (const c of state.chats.values()) if (c.delivered_seq < c.head) mark(c, { delivered: c.head });
  client.say('active', { on: !document.hidden });
  if (open && !app.current()) show(null);
  await load(app.current());
  watched = '';
  draw();
  for (const c of S.inOrder(state).slice(0, 30)) {
    if (c.last || !c.head) continue;
    const h = await client.request('history', { chat: c.id, limit: 5 });
    S.addUsers(state, h.users);
    c.last ??= h.items.findLast((i) => i.kind === 'message');
    draw();
  }
}

function onEvent(m) {
  if (m.ev === 'event') {
    const was = S.applyEvent(state, m);
    const c = state.chats.get(m.chat);
    typing.get(m.chat)?.delete(m.from);
    if (m.from === state.self.id && m.cid) outbox.drop(m.cid);
    if (was === 'hole') mend(c);
    if (was === 'new' && m.from !== state.self.id) {
      mark(c, { delivered: m.seq });
      if (m.chat === open) view.arrived(m);
    }
    if (was === 'new' && c.list && ['join', 'leave', 'role'].includes(m.kind)) members(c).catch(() => {});
    need([m.from, m.user, ...(m.users ?? [])].filter(Boolean));
  } else if (m.ev === 'mark') S.applyMark(state, m);
  else if (m.ev === 'typing') {
    const now = new Map(typing.get(m.chat));
    for (const u of m.users) if (u !== state.self.id) now.set(u, Date.now() + 6000);
    typing.set(m.chat, now);
    setTimeout(draw, 6050);
    need(m.users);
  } else if (m.ev === 'presence') {
    for (const how of ['on', 'away', 'off']) for (const u of m[how] ?? []) state.presence.set(u, how);
  } else if (m.ev === 'chat') {
    S.addUsers(state, m.users);
    const fresh = !state.chats.has(m.chat.id);
    const c = S.applyChat(state, m.chat);
    if (c.peer) need([c.peer]);
    if (c.id === open) fresh ? show(c.id) : load(c);
  } else if (m.ev === 'chat_gone') {
    state.chats.delete(m.chat);
    if (m.chat === open) show(null);
  } else if (m.ev === 'user') S.addUsers(state, { [m.user.id]: m.user });
  draw();
}

function onState(name, detail) {
  link = { name, detail };
  if (name === 'signed_out') {
    const was = state.self;
    Object.assign(state, S.createState());
    show(null);
    view.drafts.clear();
    asked.clear();
    chatsSeen = '';
    for (const id of ['chats', 'dialog-body', 'title', 'sub', 'perch', 'me-av', 'me-name', 'me-state', 'spoken']) $(id).replaceChildren(); // nothing is left for who signs in next
    $('dialog').close();
    closeMenu();
    showAuth(() => client.start(), was && 'This device was signed out. Sign in to go on.');
  }
  if (name === 'waiting') state.presence.clear();
  draw();
}

/** Names we show and were never told. */
const asked = new Set();
function need(ids) {
  const users = ids.filter((u) => !state.users.has(u) && !asked.has(u));
  if (!users.length) return;
  users.forEach((u) => asked.add(u));
  client.request('user.get', { users }).then((a) => { S.addUsers(state, a.users); draw(); }, () => users.forEach((u) => asked.delete(u)));
}

/** Fetches the newest page of a chat of which nothing is held, and its members. */
async function load(c) {
  if (!c || c.loading || !client.up) return;
  try {
    c.loading = true;
    const whole = c.loaded || S.applyNewest(state, c, await client.request('history', { chat: c.id, limit: 50 }));
    c.loading = false;
    settle();
    draw();
    if (!whole) await mend(c);
    if (c.kind !== 'direct') await members(c);
  } catch (err) {
    if (err.code !== 'offline') view.failed(err);
  } finally {
    c.loading = false;
  }
}

async function members(c) {
  const m = await client.request('chat.members', { chat: c.id, limit: 200 });
  S.addUsers(state, m.users);
  Object.assign(c, { list: m.members, unlisted: m.more });
  if (!m.more && m.members.length <= 50) for (const x of m.members) S.applyMark(state, { chat: c.id, ...x });
  draw();
}

/** A hole: fetches the events between, and the page anew where they are too many. */
async function mend(c) {
  if (c.mending) return;
  c.mending = true;
  try {
    for (let i = 0, more = true; more && i < 5; i++) {
      const a = await client.request('events', { chat: c.id, after: c.cursor, limit: 200 });
      S.applyMissing(state, c, a);
      more = a.more || c.cursor < c.head;
    }
    if (c.cursor < c.head) S.forget(c);
  } catch {
    S.forget(c);
  }
  c.mending = false;
  if (!c.loaded && c.id === open) load(c);
  draw();
}

/** Acknowledged messages leave the screen's outbox once their event is held. */
function settle() {
  for (const e of outbox.entries.filter((x) => x.seq)) {
    const c = state.chats.get(e.chat);
    if (!c?.loaded || c.cursor >= e.seq) outbox.entries = outbox.entries.filter((x) => x !== e);
  }
}

// ── to the server ──
const marks = new Map();
function mark(c, what) {
  if (!marks.size) setTimeout(sendMarks, 250);
  marks.set(c.id, { ...marks.get(c.id), ...what });
}
function sendMarks() {
  for (const [chat, m] of marks) client.say('mark', { chat, ...m });
  marks.clear();
}
app.markRead = (c, seq) => {
  if (seq <= (c.read_seq ?? 0)) return;
  c.read_seq = seq;
  if (seq >= c.head) Object.assign(c, { unread: 0, mentions: 0 });
  mark(c, { delivered: seq, read: seq });
  draw();
};

let watched = '';
function watch() {
  const peers = S.inOrder(state).map((c) => c.peer).filter(Boolean);
  const here = (app.current()?.list ?? []).map((m) => m.user);
  const users = [...new Set([...here, ...peers])].filter((u) => u !== state.self.id).slice(0, 200).sort((a, b) => a - b);
  if (watched === users.join() || !client.up) return;
  watched = users.join();
  client.request('watch', { users }).catch(() => (watched = ''));
}

// ── on the page ──
function show(id) {
  view.leave();
  open = id;
  document.body.classList.toggle('in-chat', id != null);
  const c = app.current();
  if (c) {
    view.enter(c);
    load(c);
  }
  draw();
}

/** Opens a chat as an entry of the browser's history, so that Back leads to the list. */
function select(id) {
  if (open == null) history.pushState({ chat: id }, '');
  else history.replaceState({ chat: id }, '');
  show(id);
}
addEventListener('popstate', (e) => show(state.chats.has(e.state?.chat) ? e.state.chat : null));
$('back').onclick = () => history.back();

let drawing = false;
function draw() {
  if (drawing) return;
  drawing = true;
  (document.hidden ? setTimeout : requestAnimationFrame)(() => {
    drawing = false;
    if (!state.self) return;
    for (const [, who] of typing) for (const [u, until] of who) if (until < Date.now()) who.delete(u);
    drawBanner();
    drawChats();
    drawMe();
    view.draw();
    watch();
  });
}

function drawBanner() {
  const { name, detail } = link;
  const s = Math.max(1, Math.ceil((detail - Date.now()) / 1000));
  const text = name === 'waiting' ? `You’re offline. Trying again in ${s} s. ` : 'Connecting…';
  $('banner').hidden = name === 'up' || name === 'signed_out';
  $('banner').replaceChildren(text, ...(name === 'waiting' ? [el('button', { onclick: () => client.hurry() }, 'Try now')] : []));
  if (name === 'waiting') setTimeout(draw, 1000);
}

function whenOf(ts) {
  const d = new Date(ts), days = (new Date().setHours(0, 0, 0, 0) - new Date(ts).setHours(0, 0, 0, 0)) / 864e5;
  if (days < 1) return d.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  return d.toLocaleDateString([], days < 7 ? { weekday: 'short' } : { day: 'numeric', month: 'short' });
}

function chatRow(c) {
  const title = S.titleOf(state, c), waiting = outbox.of(c.id).filter((e) => !e.seq), writing = typing.get(c.id);
  const who = c.last && (c.last.from === state.self.id ? 'You: ' : c.kind === 'direct' ? '' : `${S.nameOf(state, c.last.from)}: `);
  const preview = waiting.some((e) => e.failed) ? el('span.bad', {}, 'Not sent')
    : waiting.length && !client.up ? `${waiting.length} waiting to be sent`
    : writing?.size ? el('span.live', {}, `${S.nameOf(state, [...writing.keys()][0])} is typing…`)
    : c.last ? who + (c.last.deleted ? 'Deleted message' : c.last.body?.text ?? '')
    : c.topic || (c.kind === 'direct' ? '' : S.membersOf(c.members));
  const square = { channel: 'hash', group: 'lock' }[c.kind];
  return el('li', {}, el(`button.chat${c.unread ? '.unread' : ''}${c.muted ? '.muted' : ''}`,
    { type: 'button', 'aria-current': c.id === open && 'page', onclick: () => select(c.id) },
    avatar(square ? `c${c.id}` : c.peer, title, { square, presence: client.up && state.presence.get(c.peer) }),
    el('span.chat-text', {}, el('b', { dir: 'auto' }, title), el('small', { dir: 'auto' }, preview)),
    el('span.chat-side', {}, el('time', {}, c.last ? whenOf(c.last.ts) : ''), el('span', {},
      c.mentions > 0 && el('i.at', { title: 'You were mentioned' }, '@'),
      c.unread > 0 && el('i.count', {}, c.unread > 99 ? '99+' : c.unread, el('span.sr', {}, ' unread'))))));
}

let chatsSeen = '';
function drawChats() {
  const rows = S.inOrder(state).map(chatRow);
  const html = rows.map((r) => r.outerHTML).join('');
  if (html !== chatsSeen || !rows.length) {
    const at = [...$('chats').children].findIndex((li) => li.contains(document.activeElement));
    chatsSeen = html;
    $('chats').replaceChildren(...(rows.length ? rows : [el('li.none', {}, perched(), el('p', {}, 'No chats yet'),
      el('button.primary', { type: 'button', onclick: () => people.newChat(app) }, 'Start one'))]));
    if (at >= 0) $('chats').children[at]?.firstChild.focus();
  }
  const unread = [...state.chats.values()].reduce((n, c) => n + (c.muted ? 0 : c.unread ?? 0), 0);
  const title = app.current() ? S.titleOf(state, app.current()) : '';
  document.title = `${unread ? `(${unread}) ` : ''}${title ? `${title} · ` : ''}linnet`;
}

function drawMe() {
  const { id } = state.self;
  $('me-av').replaceChildren(avatar(id, S.nameOf(state, id)));
  $('me-name').textContent = S.nameOf(state, id);
  const n = outbox.entries.filter((e) => !e.seq).length;
  $('me-state').textContent = client.up ? 'Online' : `Offline${n ? `, ${n} waiting` : ''}`;
}

async function signOut() {
  await post('logout', {}).catch(() => {});
  client.end('signed_out');
}

$('me-menu').onclick = () => {
  const role = state.self.role ?? state.users.get(state.self.id)?.role;
  openMenu($('me-menu'), [
    ['admin', 'owner'].includes(role) && { label: 'Invite people', run: () => people.invite(app) },
    { label: 'Sign in on another device', run: () => people.deviceLink(app) },
    { label: 'Sign out', run: signOut, danger: true },
  ]);
};
$('new').onclick = () => people.newChat(app);
for (const [id, name] of [['new', 'pen'], ['me-menu', 'gear'], ['back', 'back'], ['more', 'more'], ['dialog-x', 'x'], ['strip-x', 'x'], ['send', 'send']]) $(id).append(icon(name));
$('mark').append(bird());

document.addEventListener('visibilitychange', () => {
  client.say('active', { on: !document.hidden });
  if (!document.hidden) client.hurry();
  draw();
});
let idle = 0;
for (const what of ['pointermove', 'keydown']) {
  addEventListener(what, () => {
    if (idle < 0) client.say('active', { on: true });
    clearTimeout(idle);
    idle = setTimeout(() => { idle = -1; client.say('active', { on: false }); }, 300000);
  }, { passive: true });
}
addEventListener('online', () => client.hurry());
addEventListener('pagehide', sendMarks);
addEventListener('resize', closeMenu);
document.querySelector('.skip').onclick = (e) => { e.preventDefault(); $('text').focus(); };

if (location.hash.length > 1 && /^\/(setup|join|link)$/.test(location.pathname)) showAuth(() => client.start());
else client.start();
