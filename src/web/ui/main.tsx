// SPDX-License-Identifier: MIT
// main.tsx - begins: the session, the page, the service worker.

import { render } from 'preact';
import { createSession } from '../lib/session.js';
import { App } from './app.js';
import { followSettings, setSession } from './store.js';
import { startNotices } from './notices.js';

/** "Firefox on Linux", as far as the browser says. */
function deviceName(): string {
  const ua = navigator.userAgent;
  const browser = /Edg\//.test(ua) ? 'Edge' : /OPR\//.test(ua) ? 'Opera' : /Firefox\//.test(ua) ? 'Firefox' : /Chrom(e|ium)\//.test(ua) ? 'Chrome' : /Safari\//.test(ua) ? 'Safari' : 'Browser';
  const system = /Android/.test(ua) ? 'Android' : /iPhone|iPad/.test(ua) ? 'iOS' : /Mac OS/.test(ua) ? 'macOS' : /Windows/.test(ua) ? 'Windows' : /Linux/.test(ua) ? 'Linux' : '';
  return system ? `${browser} on ${system}` : browser;
}

const session = createSession({ origin: location.origin, device: deviceName() });
setSession(session);
followSettings();
startNotices();
void session.start();
addEventListener('pagehide', () => void session.flush());
document.addEventListener('visibilitychange', () => document.hidden && void session.flush());
render(<App />, document.getElementById('app')!);

if ('serviceWorker' in navigator && isSecureContext) {
  type Policies = { createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): unknown } };
  const types = (globalThis as { trustedTypes?: Policies }).trustedTypes;
  const only = (url: string) => {
    if (url !== '/sw.js') throw new TypeError('no other script');
    return url;
  };
  const policy = types?.createPolicy('linnet', { createScriptURL: only });
  void navigator.serviceWorker.register((policy ? policy.createScriptURL('/sw.js') : '/sw.js') as string).catch(() => {});
}
