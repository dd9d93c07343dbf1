// SPDX-License-Identifier: MIT
// people.js - the dialogs about people: new chat, channels, members, invitations, device links.

import { avatar, el, field, openDialog, toast, $ } from './dom.js';
import { uuid7 } from './proto.js';
import { addUsers, nameOf } from './state.js';

const fail = (err) => toast(`That didn’t work: ${err.message}.`);

async function allUsers({ client, state }) {
  for (let after = 0, more = true; more;) {
    const page = await client.request('user.list', { after, limit: 500 });
    addUsers(state, page.users);
    const ids = Object.keys(page.users).map(Number);
    after = Math.max(after, ...ids);
    more = page.more && ids.length > 0;
  }
  return [...state.users.entries()].filter(([id, u]) => id !== state.self.id && !u.disabled)
    .sort(([a], [b]) => nameOf(state, a).localeCompare(nameOf(state, b)));
}

/** A list to pick people from; changed(ids) after every press. */
function picker({ state }, users, changed) {
  const picked = new Set();
  const rows = users.map(([id, u]) => el('label.pick', { 'data-text': `${nameOf(state, id)} ${u.name}`.toLowerCase() },
    el('input', { type: 'checkbox', value: String(id), onchange: (e) => {
      if (e.target.checked) picked.add(id);
      else picked.delete(id);
      changed([...picked]);
    } }), avatar(id, nameOf(state, id)), el('span', { dir: 'auto' }, nameOf(state, id), el('small', {}, ` ${u.name}`))));
  const find = field('Find people', { type: 'search', oninput: (e) => {
    for (const r of rows) r.hidden = !r.dataset.text.includes(e.target.value.trim().toLowerCase());
  } });
  return [find, el('div.picks', { role: 'group', 'aria-label': 'People' }, rows.length ? rows : 'Nobody else is here yet.')];
}

async function create(app, args) {
  const { chat } = await app.client.request('chat.create', { cid: uuid7(), ...args });
  $('dialog').close();
  app.select(chat);
}

export async function newChat(app) {
  const { client, state } = app;
  try {
    const [users, { chats }] = await Promise.all([allUsers(app), client.request('chat.list', { open: true, limit: 200 })]);
    const title = field('Name of the group', { maxLength: 100 });
    const go = el('button.primary', { type: 'button', disabled: true }, 'Pick somebody');
    title.hidden = true;
    const people = picker(app, users, (ids) => {
      title.hidden = ids.length < 2;
      go.disabled = !ids.length;
      go.textContent = ids.length > 1 ? 'Create group' : ids.length ? `Message ${nameOf(state, ids[0])}` : 'Pick somebody';
      go.onclick = () => create(app, ids.length > 1 ? { kind: 'group', members: ids,
        title: title.lastChild.value.trim() || ids.map((i) => nameOf(state, i)).join(', ').slice(0, 60) }
        : { kind: 'direct', members: ids }).catch(fail);
    });
    const join = (c) => el('p.channel', {}, avatar(`c${c.id}`, c.title, { square: 'hash' }),
      el('span', { dir: 'auto' }, c.title, el('small', {}, c.topic ? ` ${c.topic}` : '')),
      el('button', { type: 'button', onclick: () => client.request('chat.join', { chat: c.id })
        .then(() => { $('dialog').close(); app.select(c.id); }).catch(fail) }, 'Join'));
    const name = field('New channel', { maxLength: 100 }, 'Everyone on this server can join and read it.');
    const make = el('button', { type: 'button', onclick: () => name.querySelector('input').value.trim() && create(app,
      { kind: 'channel', title: name.querySelector('input').value.trim() }).catch(fail) }, 'Create channel');
    openDialog('New chat', people, title, go, el('h3', {}, 'Channels'), chats.map(join), name, make);
  } catch (err) {
    fail(err);
  }
}

export async function addPeople(app, c) {
  const inside = new Set((c.list ?? []).map((m) => m.user));
  try {
    let ids = [];
    const users = (await allUsers(app)).filter(([id]) => !inside.has(id));
    openDialog('Add people', picker(app, users, (now) => (ids = now)), el('button.primary', { type: 'button',
      onclick: () => ids.length && app.client.request('chat.add', { chat: c.id, users: ids })
        .then(() => $('dialog').close()).catch(fail) }, 'Add'));
  } catch (err) {
    fail(err);
  }
}

export function members(app, c) {
  const words = { owner: 'Owner', moderator: 'Moderator', readonly: 'Read-only' };
  const states = { on: 'Online', away: 'Away' };
  openDialog('Members', (c.list ?? []).map(({ user, role }) => el('p.channel', {},
    avatar(user, nameOf(app.state, user), { presence: app.state.presence.get(user) }),
    el('span', { dir: 'auto' }, nameOf(app.state, user), el('small', {}, ` ${states[app.state.presence.get(user)] ?? ''}`)),
    words[role] && el('em', {}, words[role]))), c.unlisted && el('p.lead', {}, 'And more.'));
}

function showLink(title, path, words) {
  const url = new URL(path, location.origin).href;
  const box = field('Link', { value: url, readOnly: true, onfocus: (e) => e.target.select() });
  openDialog(title, box, el('button.primary', { type: 'button', onclick: async () => {
    box.lastChild.select();
    const done = await navigator.clipboard?.writeText(url).then(() => true, () => false);
    toast(done || document.execCommand('copy') ? 'Link copied' : 'Copy the marked text');
  } }, 'Copy'), el('p.lead', {}, words));
}

export async function invite({ client }) {
  await client.request('invite.create', { uses: 25, ttl_ms: 7 * 864e5 })
    .then(({ path }) => showLink('Invite people', path, 'Works for 7 days and 25 people.'), fail);
}

export async function deviceLink({ client }) {
  await client.request('user.link', {}).then(({ path, expires }) => showLink('Sign in on another device', path,
    `Anyone with this link can sign in as you. It works once, until ${new Date(expires).toLocaleString()}.`), fail);
}
