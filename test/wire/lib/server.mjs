// SPDX-License-Identifier: MIT
// server.mjs - one real linnet process with a data directory of its own, for a test.

import { spawn, execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
export const BINARY = resolve(process.env.LINNET ?? join(ROOT, 'build/release/linnet'));
export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

const live = new Set();
process.on('exit', () => live.forEach((child) => child.kill('SIGKILL')));

/** Rejects with what was awaited, so that a test says more than "timeout". */
export function within(ms, promise, what) {
  let timer;
  const late = new Promise((_, no) => (timer = setTimeout(() => no(new Error(`not within ${ms} ms: ${what}`)), ms)));
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Waits until check() is truthy and answers it; check may throw or be asynchronous. */
export async function until(check, what, ms = 5000) {
  const end = Date.now() + ms;
  let last;
  for (;;) {
    try {
      const value = await check();
      if (value) return value;
    } catch (err) {
      last = err;
    }
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${what}`, { cause: last });
    await sleep(15);
  }
}

export class Server {
  /** env: further settings, LINNET_SECTION_KEY; listen: further addresses; binary: another than LINNET. */
  constructor({ dir, env = {}, listen = [], binary = BINARY } = {}) {
    Object.assign(this, { dir, env, listen, binary, port: 0, out: '' });
  }

  static async start(options) {
    const server = new Server(options);
    server.dir ??= await mkdtemp(join(tmpdir(), 'linnet-wire-'));
    await server.start();
    return server;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }
  get ws() {
    return `ws://127.0.0.1:${this.port}/ws`;
  }

  /** Starts the process, on the port it had before if it had one; resolves once it says it listens. */
  async start() {
    const args = ['-d', this.dir, 'serve', '--listen', `127.0.0.1:${this.port}`, ...this.listen.flatMap((l) => ['--listen', l])];
    const child = spawn(this.binary, args, { env: { ...process.env, ...this.env }, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    this.out = '';
    live.add(child);
    this.exited = new Promise((done) => child.once('exit', (code, signal) => {
      live.delete(child);
      done({ code, signal });
    }));
    const said = new Promise((done, fail) => {
      const take = (chunk) => {
        this.out += chunk;
        const m = /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(this.out);
        if (m) done(+m[1]);
      };
      child.stdout.on('data', take);
      child.stderr.on('data', take);
      child.once('error', fail);
      this.exited.then((how) => fail(new Error(`the server ended: ${JSON.stringify(how)}\n${this.out}`)));
    });
    said.catch(() => {});
    this.port = await within(10000, said, `"listening on" from ${this.binary}`);
    return this;
  }

  /** Milliseconds until a TCP connection is accepted, counted from the spawn; for kill tests. */
  async restartTimed() {
    const begun = performance.now();
    const started = this.start();
    started.catch(() => {});
    await until(() => new Promise((yes, no) => {
      const s = net.connect(this.port, '127.0.0.1', () => { s.destroy(); yes(true); });
      s.once('error', no);
    }), 'a connection is accepted', 10000);
    const ms = performance.now() - begun;
    await started;
    return ms;
  }

  async stop() {
    this.child.kill('SIGTERM');
    return within(10000, this.exited, 'exit after SIGTERM');
  }

  async kill() {
    this.child.kill('SIGKILL');
    return this.exited;
  }

  /** Stops and removes all; for after(). */
  async done() {
    if (live.has(this.child)) await this.stop();
    await rm(this.dir, { recursive: true, force: true });
  }

  /** One CLI command against this data directory: {code, stdout, stderr}. */
  cli(args, input = '') {
    return new Promise((done) => {
      const child = execFile(this.binary, ['-d', this.dir, ...args], { timeout: 20000, env: { ...process.env, ...this.env } },
        (err, stdout, stderr) => done({ code: err ? err.code : 0, stdout, stderr }));
      child.stdin.on('error', () => {});
      child.stdin.end(input);
    });
  }

  /** Makes accounts: ['ana', …] or [{name, role, password}, …] → {ana: {id, name, token}, …}. */
  async people(...list) {
    const lines = list.flat().map((u) => JSON.stringify(typeof u === 'string' ? { name: u } : u)).join('\n');
    const { code, stdout, stderr } = await this.cli(['user', 'import', '-', '--tokens'], `${lines}\n`);
    if (code !== 0) throw new Error(`user import: exit ${code}: ${stderr}${stdout}`);
    const made = stdout.trim().split('\n').map((line) => JSON.parse(line));
    return Object.fromEntries(made.map((u) => [u.name, u]));
  }

  /** POST /api/v1/OP: {status, headers, body}. as: a token, a cookie ("name=value"), or nobody. */
  async post(op, args = {}, { token, cookie, headers = {}, raw } = {}) {
    const res = await fetch(`${this.url}/api/v1/${op}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }), ...(cookie && { Cookie: cookie }), ...headers },
      body: raw ?? JSON.stringify(args),
    });
    const text = await res.text();
    return { status: res.status, headers: res.headers, body: text ? JSON.parse(text) : null };
  }

  /** The same as the operator, over the admin socket. */
  admin(op, args = {}) {
    const body = JSON.stringify(args);
    return new Promise((done, fail) => {
      const req = http.request({ socketPath: join(this.dir, 'admin.sock'), path: `/api/v1/${op}`, method: 'POST',
        headers: { Host: 'admin', 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) } }, (res) => {
        let text = '';
        res.on('data', (d) => (text += d));
        res.on('end', () => done({ status: res.statusCode, body: text ? JSON.parse(text) : null }));
      });
      req.on('error', fail);
      req.end(body);
    });
  }

  /** The metrics, by name with labels: {'linnet_sessions': 3, …}. */
  metrics() {
    return new Promise((done, fail) => {
      http.get({ socketPath: join(this.dir, 'admin.sock'), path: '/metrics', headers: { Host: 'admin' } }, (res) => {
        let text = '';
        res.on('data', (d) => (text += d));
        res.on('end', () => done(Object.fromEntries(text.split('\n').filter((l) => l && l[0] !== '#')
          .map((l) => [l.slice(0, l.lastIndexOf(' ')), +l.slice(l.lastIndexOf(' ') + 1)]))));
      }).on('error', fail);
    });
  }
}
