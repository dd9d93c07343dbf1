// SPDX-License-Identifier: MIT
// sw.ts - the service worker: the client opens without a network. It keeps the files of the page it
// came with and nothing else; what the server says about chats never passes through here.

declare const SHELL: string[];
declare const VERSION: string;

const worker = self as unknown as ServiceWorkerGlobalScope;

const CACHE = `linnet-${VERSION}`;

worker.addEventListener('install', (e) => {
  e.waitUntil(caches.open(CACHE).then((c) => c.addAll(SHELL)).then(() => worker.skipWaiting()));
});

worker.addEventListener('activate', (e) => {
  e.waitUntil((async () => {
    for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
    await worker.clients.claim();
  })());
});

const isPage = (r: Request, path: string) => r.mode === 'navigate' && !path.startsWith('/api/') && !path.startsWith('/files/');

worker.addEventListener('fetch', (e) => {
  const { request } = e;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== worker.location.origin) return;
  if (isPage(request, url.pathname)) {
    // the page as it is now; without a network the one that was kept
    e.respondWith(fetch(request).catch(async () => (await caches.match('/')) ?? Response.error()));
  } else if (SHELL.includes(url.pathname)) {
    e.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)));
  }
});

worker.addEventListener('notificationclick', (e) => {
  e.notification.close();
  const path = (e.notification.data as { path?: string } | null)?.path ?? '/';
  e.waitUntil((async () => {
    const open = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
    const client = open[0];
    if (!client) return worker.clients.openWindow(path);
    await client.focus();
    client.postMessage({ open: path });
  })());
});
