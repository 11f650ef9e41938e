// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Looks in kernel trees for every function that the model names, and prints where each is defined, as JSON: names and
 * files, and nothing else of the kernel. The test of names reads it (`test/architecture/kernel-functions.json`):
 *
 *     npm run build
 *     node scripts/kernel-functions.mjs linux-6.1 linux-6.12 ... > test/architecture/kernel-functions.json
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { FEATURES, MECHANISMS, PARTS, REASONS } from '../packages/core/dist/index.js';

/** Folders of a kernel that the model speaks of. */
const FOLDERS = ['mm', 'kernel', 'fs', 'include', 'arch', 'drivers/iommu'];

/** Every string that a value holds, at any depth, with the name of the property that holds it. */
function* strings(value, key = '') {
  if (typeof value === 'string') yield [key, value];
  else if (typeof value === 'object' && value !== null)
    for (const [name, inner] of Object.entries(value)) yield* strings(inner, Array.isArray(value) ? key : name);
}

const names = new Set();
for (const [key, text] of strings([REASONS, MECHANISMS, PARTS, FEATURES])) {
  if (/^(?:where|function)$/.test(key) && /^\w+$/.test(text)) names.add(text);
  for (const [, name] of text.matchAll(/(?<![\w.>])([a-z_]\w+)\(/g)) names.add(name);
}

/** Sources below a folder; nothing where the tree has no such folder. */
function* sources(folder) {
  let entries = [];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (/\.[ch]$/.test(entry.name)) yield path;
  }
}

/** What may begin a definition: a macro, a system call, a structure, or a name with arguments in a line without indent. */
const BEGINS =
  /^(?:[ \t]*#[ \t]*define[ \t]+(\w+)|(?:COMPAT_)?SYSCALL_DEFINE\d\((\w+)|struct (\w+) \{|(?:[A-Za-z_][^\n;={}()#"]*[\s*])?(\w+)[ \t]*\()/gm;

/** The index behind the parenthesis that closes the one at `at`. */
function behindParenthesis(text, at) {
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    if (text[i] === '(') depth++;
    else if (text[i] === ')' && --depth === 0) return i + 1;
  }
  return text.length;
}

/** Names that a source defines, of those that are asked for. */
function* definitions(text) {
  for (const match of text.matchAll(BEGINS)) {
    const [all, macro, call, structure, name] = match;
    const sure = macro ?? call ?? structure;
    if (!names.has(sure ?? name)) continue;
    if (sure === undefined) {
      const rest = text.slice(behindParenthesis(text, match.index + all.length - 1));
      // attributes and annotations of locks may stand between the arguments and the body
      if (!/^(?:\s|__\w+(?:\([^()]*(?:\([^()]*\))?[^()]*\))?)*\{/.test(rest)) continue;
    }
    yield sure ?? name;
  }
}

/** `6.12`, of the tree's Makefile. */
function versionOf(tree) {
  const makefile = readFileSync(join(tree, 'Makefile'), 'utf8');
  const part = (name) => new RegExp(`^${name} = (\\d+)`, 'm').exec(makefile)?.[1];
  return `${part('VERSION')}.${part('PATCHLEVEL')}`;
}

const found = new Map([...names].sort().map((name) => [name, new Map()]));
const trees = process.argv.slice(2);
if (trees.length === 0) throw new Error('usage: kernel-functions.mjs TREE...');
for (const tree of trees) {
  const version = versionOf(tree);
  for (const folder of FOLDERS)
    for (const path of sources(join(tree, folder)))
      for (const name of new Set(definitions(readFileSync(path, 'utf8')))) {
        const files = found.get(name);
        const file = relative(tree, path);
        files.set(file, [...(files.get(file) ?? []), version]);
      }
}

const byFile = (files) =>
  Object.fromEntries(
    [...files].sort(([a], [b]) => (a < b ? -1 : 1)).map(([file, versions]) => [file, versions.join(' ')]),
  );
const table = Object.fromEntries([...found].map(([name, files]) => [name, byFile(files)]));
process.stdout.write(`${JSON.stringify(table, null, 2)}\n`);
