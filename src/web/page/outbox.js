// SPDX-License-Identifier: MIT
// outbox.js - what is written and not yet acknowledged. One localStorage entry a message, so that two
// tabs never overwrite each other; sent in the order written, again after each reconnect, same cid.

export class Outbox {
  /** send(entry) → Promise of the ack; changed() after every change of state. */
  constructor(send, changed) {
    Object.assign(this, { send, changed, entries: [], prefix: null, busy: false });
  }

  /** Messages are kept by database and person: never sent to another. */
  open(epoch, user) {
    const prefix = `linnet.out.${epoch}.${user}.`;
    if (this.prefix !== prefix) {
      const keys = Object.keys(localStorage).filter((k) => k.startsWith(prefix)).sort();
      this.entries = keys.map((k) => JSON.parse(localStorage.getItem(k)));
      this.prefix = prefix;
    }
    this.pump();
  }

  of(chat) {
    return this.entries.filter((e) => e.chat === chat);
  }

  keep(entry) {
    try {
      localStorage.setItem(this.prefix + entry.cid, JSON.stringify(entry));
    } catch {
      entry.unsafe = true; // storage full or forbidden: it is still sent from memory
    }
  }

  add(entry) {
    this.keep(entry);
    this.entries.push(entry);
    this.changed();
    this.pump();
  }

  drop(cid) {
    localStorage.removeItem(this.prefix + cid);
    const n = this.entries.length;
    this.entries = this.entries.filter((e) => e.cid !== cid);
    if (n !== this.entries.length) this.changed();
  }

  retry(entry) {
    delete entry.failed;
    this.keep(entry);
    this.changed();
    this.pump();
  }

  /** One at a time: what was written first is sent first, whatever fails on the way. */
  async pump() {
    if (this.busy) return;
    const entry = this.entries.find((e) => !e.failed && !e.seq);
    if (!entry) return;
    this.busy = true;
    let wait = 0;
    try {
      const ack = await this.send(entry);
      entry.seq = ack.seq;
      localStorage.removeItem(this.prefix + entry.cid);
    } catch (err) {
      if (err.code === 'offline') wait = -1;
      else if (err.transient) wait = err.retry_ms ?? 1000;
      else {
        entry.failed = err.message;
        this.keep(entry);
      }
    }
    this.busy = false;
    this.changed();
    if (wait > 0) setTimeout(() => this.pump(), wait);
    else if (wait === 0) this.pump();
  }
}
