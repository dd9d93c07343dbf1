// SPDX-License-Identifier: MIT
// journal.mjs - what disk.so recorded: read, replayed, and the files as a power cut may leave them.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

const HEAD = 24, SECTOR = 512;
const KINDS = [null, 'open', 'create', 'write', 'truncate', 'sync', 'unlink', 'rename', 'out'];

/** [{kind, ino, at, data}] in order; a last record cut short by a kill is left out. */
export async function readJournal(path) {
  const all = await readFile(path), records = [];
  for (let p = 0; p + HEAD <= all.length;) {
    const n = all.readUInt32LE(p + 4);
    if (p + HEAD + n > all.length) break;
    records.push({ kind: KINDS[all.readUInt32LE(p)], ino: all.readBigUInt64LE(p + 8), at: Number(all.readBigUInt64LE(p + 16)),
      data: all.subarray(p + HEAD, p + HEAD + n), end: p + HEAD + n });
    p += HEAD + n;
  }
  return records;
}

class File {
  pending = []; // {at, data} or {size}: done and not synced
  bytes = Buffer.alloc(0);

  sync() {
    this.bytes = this.with(this.pending);
    this.pending = [];
  }
  /** The content with these changes made to what is synced. */
  with(changes) {
    let size = this.bytes.length;
    for (const c of changes) size = Math.max(size, c.size ?? c.at + c.data.length);
    const out = Buffer.alloc(size);
    this.bytes.copy(out);
    size = this.bytes.length;
    for (const c of changes) {
      if (c.size !== undefined) {
        out.fill(0, Math.min(c.size, size));
        size = c.size;
      } else {
        c.data.copy(out, c.at);
        size = Math.max(size, c.at + c.data.length);
      }
    }
    return out.subarray(0, size);
  }
}

/** Each write becomes its sectors. */
function sectors(changes) {
  return changes.flatMap((c) => {
    if (c.size !== undefined) return [c];
    const parts = [];
    for (let i = 0; i < c.data.length; i += SECTOR) parts.push({ at: c.at + i, data: c.data.subarray(i, i + SECTOR) });
    return parts;
  });
}

function shuffled(list, random) {
  const out = [...list];
  for (let i = out.length - 1; i > 0; i--) {
    const k = Math.floor(random() * (i + 1));
    [out[i], out[k]] = [out[k], out[i]];
  }
  return out;
}

/** What of the unsynced changes a power cut lets through. */
const SURVIVORS = {
  kept: (changes) => changes, // as after a kill: the kernel still writes all
  dropped: () => [],
  some: (changes, random) => changes.filter(() => random() < 0.5),
  reordered: (changes, random) => shuffled(changes.filter(() => random() < 0.7), random),
  torn: (changes, random) => shuffled(sectors(changes).filter(() => random() < 0.5), random),
};
export const MODES = Object.keys(SURVIVORS);

/** The data directory as the records make it. A name lasts once its folder is synced, and names
 *  change in order, as every journalling file system has it. */
export class Disk {
  files = new Map(); // ino → File
  names = new Map(); // path → File, lasting
  changes = []; // of names, not yet lasting: {folder, path, file} or {folder, from, path}

  constructor(dir) {
    this.dir = dir;
  }

  apply(r) {
    const path = () => String(r.data);
    const file = this.files.get(r.ino);
    if (r.kind === 'create') {
      const made = new File();
      this.files.set(r.ino, made);
      this.changes.push({ folder: dirname(path()), path: path(), file: made });
    } else if (r.kind === 'open' && !file) { // a folder; a file must have been seen to be made
      this.files.set(r.ino, { folder: path(), sync() {} });
    } else if (r.kind === 'write') {
      file.pending.push({ at: r.at, data: r.data });
    } else if (r.kind === 'truncate') {
      file.pending.push({ size: r.at });
    } else if (r.kind === 'unlink') {
      this.changes.push({ folder: dirname(path()), path: path(), file: null });
    } else if (r.kind === 'rename') {
      const [from, to] = path().split('\0');
      this.changes.push({ folder: dirname(to), from, path: to });
    } else if (r.kind === 'sync') {
      file.sync();
      if (file.folder) {
        rename(this.names, this.changes.filter((c) => c.folder === file.folder));
        this.changes = this.changes.filter((c) => c.folder !== file.folder);
      }
    }
  }

  /** Writes a state into `to`. */
  async image(to, mode, random) {
    const names = new Map(this.names);
    const upto = mode === 'kept' ? this.changes.length : mode === 'dropped' ? 0 : Math.floor(random() * (this.changes.length + 1));
    rename(names, this.changes.slice(0, upto));
    await mkdir(to, { recursive: true, mode: 0o700 });
    for (const [path, file] of names) {
      const at = join(to, relative(this.dir, path));
      await mkdir(dirname(at), { recursive: true, mode: 0o700 });
      await writeFile(at, file.with(SURVIVORS[mode](file.pending, random)), { mode: 0o600 });
    }
  }
}

function rename(names, changes) {
  for (const c of changes) {
    const file = c.from ? names.get(c.from) : c.file;
    if (c.from) names.delete(c.from);
    if (file) names.set(c.path, file);
    else names.delete(c.path);
  }
}

/** Every text frame that left by a WebSocket: [{place, frame}], place = index of the record with its last byte. */
export function framesOut(records) {
  const streams = new Map(), frames = [];
  records.forEach((r, place) => {
    if (r.kind !== 'out') return;
    const s = streams.get(r.ino) ?? { bytes: Buffer.alloc(0), open: false };
    streams.set(r.ino, s);
    s.bytes = Buffer.concat([s.bytes, r.data]);
    if (!s.open) {
      const end = s.bytes.indexOf('\r\n\r\n');
      if (end < 0) return;
      s.open = s.bytes.subarray(0, 12).toString() === 'HTTP/1.1 101';
      s.bytes = s.open ? s.bytes.subarray(end + 4) : Buffer.alloc(0);
    }
    while (s.open && s.bytes.length >= 2) {
      const short = s.bytes[1] & 127, head = short === 126 ? 4 : short === 127 ? 10 : 2;
      if (s.bytes.length < head) return;
      const n = short === 126 ? s.bytes.readUInt16BE(2) : short === 127 ? Number(s.bytes.readBigUInt64BE(2)) : short;
      if (s.bytes.length < head + n) return;
      if ((s.bytes[0] & 15) === 1) frames.push({ place, frame: JSON.parse(s.bytes.subarray(head, head + n)) });
      s.bytes = s.bytes.subarray(head + n);
    }
  });
  return frames;
}
