// SPDX-License-Identifier: MIT
// xmpp_load.mjs - the load generator for XMPP servers over WebSocket (RFC 7395), in the shapes of
// test/bench/load.c. Users u1, u2 … at localhost, password "pw", SASL PLAIN.
//
// usage: node xmpp_load.mjs PORT PATH idle N | storm N | pairs P W SECONDS | rate P R SECONDS
// An XMPP server does not acknowledge a message when it is stored: a message counts, and makes room
// for the next, when its receiver has it.

import WebSocket from 'ws';

const [port, path, mode, ...numbers] = process.argv.slice(2);
const [n, a, b] = numbers.map(Number);
const NS = 'xmlns="jabber:client"';
const latencies = [];
let counting = false, delivered = 0;

class Client {
  constructor(i) {
    Object.assign(this, { name: `u${i}`, inflight: 0 });
  }
  open() {
    const ws = (this.ws = new WebSocket(`ws://127.0.0.1:${port}${path}`, 'xmpp', { perMessageDeflate: false }));
    const stream = '<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="localhost" version="1.0"/>';
    let secured = false;
    ws.on('open', () => ws.send(stream));
    return new Promise((done, fail) => {
      ws.on('error', fail);
      ws.on('message', (data) => {
        const text = String(data);
        if (this.ready) this.take(text);
        else if (text.includes('<success')) {
          secured = true;
          ws.send(stream);
        } else if (text.includes('<failure')) fail(new Error(text));
        else if (text.includes('features') && !secured) {
          const plain = Buffer.from(`\0${this.name}\0pw`).toString('base64');
          ws.send(`<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">${plain}</auth>`);
        } else if (text.includes('features')) {
          ws.send(`<iq ${NS} type="set" id="b"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"><resource>r</resource></bind></iq>`);
        } else if (text.includes('id="b"') || text.includes("id='b'")) {
          this.ready = true;
          ws.send(`<presence ${NS}/>`);
          done();
        }
      });
    });
  }
  say(to, type) {
    this.inflight++;
    this.ws.send(`<message ${NS} to="${to}" type="${type}" id="${process.hrtime.bigint()}"><body>${String(process.hrtime.bigint()).padStart(20, '0')} lorem ipsum dolor sit amet, consectetur adipiscing elit</body></message>`);
  }
  take(text) {
    const at = text.indexOf('<body>');
    if (at < 0 || !text.startsWith('<message') || !this.on) return;
    if (counting) {
      delivered++;
      latencies.push(Number(process.hrtime.bigint() - BigInt(text.slice(at + 6, at + 26))) / 1e6);
    }
    this.on();
  }
}

async function openAll(count) {
  const all = Array.from({ length: count }, (_, i) => new Client(i + 1));
  for (let i = 0; i < count; i += 50) await Promise.all(all.slice(i, i + 50).map((c) => c.open()));
  return all;
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
function report(seconds) {
  latencies.sort((x, y) => x - y);
  const at = (q) => latencies[Math.floor(latencies.length * q)] ?? 0;
  console.log(JSON.stringify({ mode, seconds, acked_per_s: delivered / seconds, delivered_per_s: delivered / seconds, p50_ms: at(0.5), p99_ms: at(0.99) }));
  process.exit(0);
}
async function count(seconds) {
  await pause(1000);
  counting = true;
  await pause(seconds * 1000);
  counting = false;
  report(seconds);
}

const begun = process.hrtime.bigint();
const clients = await openAll(mode === 'pairs' || mode === 'rate' ? 2 * n : n);
if (mode === 'storm') {
  console.log(JSON.stringify({ mode, hello_per_s: n / (Number(process.hrtime.bigint() - begun) / 1e9) }));
  process.exit(0);
} else if (mode === 'idle') {
  console.log('ready');
  process.stdin.once('data', () => process.exit(0));
} else if (mode === 'pairs' || mode === 'rate') {
  for (let i = 0; i < n; i++) {
    const from = clients[2 * i], to = clients[2 * i + 1];
    to.on = () => mode === 'pairs' && from.say(`${to.name}@localhost`, 'chat');
    for (let k = 0; mode === 'pairs' && k < a; k++) from.say(`${to.name}@localhost`, 'chat');
  }
  if (mode === 'rate') {
    let i = 0;
    const start = Date.now();
    setInterval(() => {
      for (; i < ((Date.now() - start) / 1000) * a; i++) clients[2 * (i % n)].say(`${clients[2 * (i % n) + 1].name}@localhost`, 'chat');
    }, 1);
  }
  await count(b);
}
