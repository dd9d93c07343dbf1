// SPDX-License-Identifier: MIT
// auth.js - the pages before one is in: set-up, invitation, sign-in link, sign-in. A link's secret
// stays in the fragment, which browsers send to nobody, and is spent only by pressing the button.

import { $, el, field, scene } from './dom.js';
import { post } from './proto.js';

const NAME_HINT = 'Small letters, digits, dots and dashes.';
const PAGES = {
  setup: {
    op: 'setup.accept', title: 'Set up this server', go: 'Create server', fields: ['display', 'name', 'new-password'],
    lead: 'You’ll be its owner. Everybody else joins by your invitation.',
    spent: 'This set-up link has been used. Sign in, or make a new link on the server with “linnet setup”.',
  },
  join: {
    op: 'invite.accept', title: 'You’re invited', go: 'Join', fields: ['display', 'name', 'new-password'],
    lead: 'Choose how others see you here.', spent: 'This invite has ended. Ask whoever sent it for a new one.',
  },
  link: {
    op: 'link.accept', title: 'Sign in here', go: 'Sign in on this device', fields: ['optional-password'],
    lead: 'This link works once.', spent: 'This link has been used or is too old. Ask for a new one.',
  },
  login: {
    op: 'login', title: 'Welcome back', go: 'Sign in', fields: ['name', 'password'], lead: 'Sign in to go on.',
    foot: 'Forgot your password? An administrator can give you a sign-in link.',
  },
};

const FIELDS = {
  display: () => field('Your name', { name: 'display', autocomplete: 'name', maxLength: 64 }),
  name: (page) => field('User name', {
    name: 'name', autocomplete: 'username', autocapitalize: 'none', spellcheck: false, maxLength: 32, required: true,
  }, page !== 'login' && NAME_HINT),
  password: () => field('Password', { name: 'password', type: 'password', autocomplete: 'current-password', required: true }),
  'new-password': () => field('Password', {
    name: 'password', type: 'password', autocomplete: 'new-password', minLength: 8, required: true,
  }, 'At least 8 characters. Three or four words make a good password.'),
  'optional-password': () => field('New password', {
    name: 'password', type: 'password', autocomplete: 'new-password', minLength: 8,
  }, 'Only if you’ve forgotten yours; else leave it empty.'),
};

/** "Chrome on Linux": what a list of devices shows. */
export function deviceName(agent = navigator.userAgent) {
  const first = (pairs) => pairs.find(([re]) => re.test(agent))?.[1];
  const browser = first([[/Edg\//, 'Edge'], [/Firefox\//, 'Firefox'], [/Chrom/, 'Chrome'], [/Safari\//, 'Safari']]);
  const system = first([[/Android/, 'Android'], [/iPhone|iPad/, 'iOS'], [/Windows/, 'Windows'], [/Mac OS/, 'Mac'], [/Linux/, 'Linux']]);
  return [browser ?? 'Browser', system].filter(Boolean).join(' on ');
}

function check(page, values) {
  if ('name' in values && !/^[a-z0-9][a-z0-9._-]{0,31}$/.test(values.name)) {
    return page === 'login' ? 'Type your user name.' : `A user name has small letters, digits, dots and dashes.`;
  }
  const bytes = new TextEncoder().encode(values.password).length;
  if (page === 'login') return bytes ? null : 'Type your password.';
  if (page === 'link' && !bytes) return null;
  return bytes < 8 ? 'Use at least 8 characters. Three or four words make a good password.' : null;
}

function explain(page, err, values) {
  if (err.code === 'conflict') return `The user name “${values.name}” is taken. Try “${values.name}.2” or another.`;
  if (err.code === 'rate_limited') return `Too many tries. Try again in ${Math.ceil((err.retry_ms ?? 60000) / 1000)} s.`;
  if (err.code === 'offline') return 'No answer from the server. Check your connection and try again.';
  if (err.code === 'unauthorized' || err.code === 'forbidden') {
    return PAGES[page].spent ?? 'That user name and password don’t match. Check both and try again.';
  }
  return `That didn’t work: ${err.message}.`;
}

function showError(text) {
  $('auth-error').textContent = text ?? '';
  $('auth-error').hidden = !text;
}

function proposeName(form) {
  const { display, name } = form.elements;
  if (!display) return;
  let own = false;
  name.oninput = () => (own = true);
  display.oninput = () => {
    const plain = display.value.normalize('NFD').toLowerCase().split(/\s+/)[0].replace(/[^a-z0-9]/g, '');
    if (!own) name.value = plain;
  };
}

/** Shows the page the address asks for; then() once signed in. */
export function showAuth(then, note) {
  const secret = location.hash.slice(1);
  const asked = location.pathname.slice(1);
  const page = secret && PAGES[asked] ? asked : 'login';
  const { op, title, lead, go, fields, foot } = PAGES[page];
  const form = $('auth');
  if (!$('scene').firstChild) $('scene').append(scene(), el('p.wordmark', {}, 'linnet'));
  $('stage').hidden = false;
  $('app').hidden = true;
  document.title = `${title} · linnet`;
  $('auth-title').textContent = title;
  $('auth-lead').textContent = note ?? lead;
  $('auth-go').textContent = go;
  $('auth-foot').textContent = foot ?? '';
  $('auth-fields').replaceChildren(...fields.map((f) => FIELDS[f](page)));
  showError(null);
  proposeName(form);
  form.querySelector('input').focus();
  form.onsubmit = async (e) => {
    e.preventDefault();
    const values = Object.fromEntries(new FormData(form));
    const wrong = check(page, values);
    showError(wrong);
    if (wrong) return;
    for (const k of ['display', 'password']) if (!values[k]) delete values[k];
    $('auth-go').disabled = true;
    try {
      await post(op, { ...values, ...(page !== 'login' && { secret }), device: deviceName() });
      history.replaceState(null, '', '/');
      form.reset();
      $('stage').hidden = true;
      then();
    } catch (err) {
      showError(explain(page, err, values));
    } finally {
      $('auth-go').disabled = false;
    }
  };
}
