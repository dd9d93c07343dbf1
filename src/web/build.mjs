// SPDX-License-Identifier: MIT
// build.mjs - bundles the client into OUT: hashed names, minified, each text with its .gz beside it.
//
// usage: node build.mjs OUT      (fails where the first load is larger than FIRST_LOAD_MAX)
// index.html and sw.js keep their names, for they are asked for anew each time; all else carries its
// hash and may be kept for ever.

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import * as esbuild from 'esbuild';

const FIRST_LOAD_MAX = 90 * 1024; // gzip: html, script, style
const TEXT = new Set(['.html', '.js', '.css', '.svg', '.json', '.webmanifest']);
const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2];
if (!out) throw new Error('usage: node build.mjs OUT');

const hashed = (name, data) => {
  const hash = createHash('sha256').update(data).digest('hex').slice(0, 10);
  return `${name.slice(0, -extname(name).length)}-${hash}${extname(name)}`;
};

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const files = new Map(); // name → bytes

/** Files of assets/: their hashed names by their plain ones. */
const assets = {};
for (const name of readdirSync(join(here, 'assets')).sort()) {
  const data = readFileSync(join(here, 'assets', name));
  assets[name] = hashed(name, data);
  files.set(assets[name], data);
}
const byName = (text) => text.replace(/\{\{([\w.-]+)\}\}/g, (all, name) => {
  const to = assets[name];
  if (!to) throw new Error(`${all}: no such asset`);
  return to;
});

/** Emoji of a language, cut down: [emoji, name, further words, group]; fetched when first wanted. */
const emoji = {};
for (const lang of ['en', 'de']) {
  const all = JSON.parse(readFileSync(join(here, `node_modules/emojibase-data/${lang}/compact.json`), 'utf8'));
  const data = Buffer.from(JSON.stringify(all.filter((e) => e.group !== undefined && e.group !== 2).sort((a, b) => a.order - b.order)
    .map((e) => [e.unicode, e.label, (e.tags ?? []).join(' '), e.group])));
  emoji[lang] = `/${hashed(`emoji-${lang}.json`, data)}`;
  files.set(emoji[lang].slice(1), data);
}

const common = {
  bundle: true, minify: true, write: false, format: 'esm', target: 'es2022', legalComments: 'none', absWorkingDir: here,
  jsx: 'automatic', jsxImportSource: 'preact', define: { ASSETS: JSON.stringify(assets), EMOJI: JSON.stringify(emoji) }, logLevel: 'warning',
};
const main = await esbuild.build({ ...common, entryPoints: { app: 'ui/main.tsx' }, splitting: true, outdir: out,
  entryNames: '[name]-[hash]', chunkNames: '[name]-[hash]', metafile: true });
const style = await esbuild.build({ ...common, entryPoints: ['css/all.css'], outdir: out, entryNames: 'style-[hash]' });
const theme = await esbuild.build({ ...common, entryPoints: ['theme.ts'], outdir: out, entryNames: 'theme-[hash]', format: 'iife' });
for (const f of [...main.outputFiles, ...style.outputFiles, ...theme.outputFiles]) files.set(f.path.split('/').pop(), Buffer.from(f.contents));

const names = [...files.keys()];
const named = (prefix, ext) => names.find((n) => n.startsWith(`${prefix}-`) && n.endsWith(ext));
Object.assign(assets, { 'app.js': named('app', '.js'), 'style.css': named('style', '.css'), 'theme.js': named('theme', '.js') });
const manifest = Buffer.from(byName(readFileSync(join(here, 'manifest.webmanifest'), 'utf8')));
assets['manifest.webmanifest'] = hashed('manifest.webmanifest', manifest);
files.set(assets['manifest.webmanifest'], manifest);
files.set('index.html', Buffer.from(byName(readFileSync(join(here, 'index.html'), 'utf8'))));
const shell = ['/', ...files.keys()].filter((n) => !n.endsWith('.png') && !n.startsWith('emoji-') && n !== 'index.html').map((n) => (n === '/' ? n : `/${n}`));
const version = createHash('sha256').update([...files.keys()].sort().join()).digest('hex').slice(0, 10);
const worker = await esbuild.build({ ...common, entryPoints: ['sw.ts'], format: 'iife',
  define: { SHELL: JSON.stringify(shell), VERSION: JSON.stringify(version) } });
files.set('sw.js', Buffer.from(worker.outputFiles[0].contents));

let first = 0;
for (const [name, data] of files) {
  writeFileSync(join(out, name), data);
  if (!TEXT.has(extname(name))) continue;
  const gz = gzipSync(data, { level: 9 });
  writeFileSync(join(out, `${name}.gz`), gz);
  const isFirst = ['index.html', assets['app.js'], assets['style.css'], assets['theme.js']].includes(name) ||
    main.metafile.outputs && Object.entries(main.metafile.outputs).some(([path, o]) => path.endsWith(assets['app.js']) &&
      o.imports.some((i) => i.kind === 'import-statement' && i.path.endsWith(name)));
  if (isFirst) first += gz.length;
}
console.log(`  WEB   ${files.size} files, first load ${(first / 1024).toFixed(1)} KB gzip`);
if (first > FIRST_LOAD_MAX) {
  console.error(`build.mjs: the first load is over ${FIRST_LOAD_MAX / 1024} KB`);
  process.exit(1);
}
