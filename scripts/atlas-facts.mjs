// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Reads in kernel sources what packages/advice/src/atlas/function-facts.ts says of functions: where each is, what it takes, which locks
 * it and what it calls assert, how it is exported, and who calls it.
 *
 *   node scripts/atlas-facts.mjs TREE... > packages/advice/src/atlas/function-facts.ts
 *
 * `factsOf(tree, false)` is what the test calls: all but the callers, for which the whole tree has to be read.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Pages of the atlas, and the names that their function has had. */
export const NAMES = {
  remap_pfn_range: ['remap_pfn_range'],
  io_remap_pfn_range: ['io_remap_pfn_range'],
  vm_iomap_memory: ['vm_iomap_memory'],
  vm_insert_page: ['vm_insert_page'],
  vm_insert_pages: ['vm_insert_pages'],
  vm_map_pages: ['vm_map_pages'],
  vm_map_pages_zero: ['vm_map_pages_zero'],
  vmf_insert_pfn: ['vmf_insert_pfn'],
  vmf_insert_pfn_prot: ['vmf_insert_pfn_prot'],
  vmf_insert_mixed: ['vmf_insert_mixed'],
  vmf_insert_mixed_mkwrite: ['vmf_insert_mixed_mkwrite'],
  vmf_insert_page_mkwrite: ['vmf_insert_page_mkwrite'],
  vmf_insert_pfn_pmd: ['vmf_insert_pfn_pmd'],
  vmf_insert_pfn_pud: ['vmf_insert_pfn_pud'],
  vmf_insert_folio_pmd: ['vmf_insert_folio_pmd'],
  vmf_insert_folio_pud: ['vmf_insert_folio_pud'],
  remap_vmalloc_range: ['remap_vmalloc_range'],
  dma_mmap_coherent: ['dma_mmap_coherent', 'dma_mmap_attrs'],
  get_user_pages: ['get_user_pages'],
  get_user_pages_fast: ['get_user_pages_fast'],
  get_user_pages_fast_only: ['get_user_pages_fast_only'],
  pin_user_pages: ['pin_user_pages'],
  pin_user_pages_fast: ['pin_user_pages_fast'],
  access_process_vm: ['access_process_vm'],
  generic_access_phys: ['generic_access_phys'],
  zap_vma_ptes: ['zap_vma_ptes', 'zap_special_vma_range'],
  zap_page_range_single: ['zap_page_range_single', 'zap_vma_range'],
  unmap_mapping_range: ['unmap_mapping_range'],
  vm_normal_page: ['vm_normal_page'],
  vm_normal_page_pmd: ['vm_normal_page_pmd'],
  vm_normal_page_pud: ['vm_normal_page_pud'],
  follow_pfnmap_start: ['follow_pfnmap_start', 'follow_pte'],
};

/** Folders that call mm. */
const CALLERS = [
  'arch',
  'block',
  'crypto',
  'drivers',
  'fs',
  'io_uring',
  'ipc',
  'kernel',
  'lib',
  'mm',
  'net',
  'security',
  'sound',
  'virt',
  'rust',
  'samples',
];
const FILES = [
  'mm/memory.c',
  'mm/gup.c',
  'mm/huge_memory.c',
  'mm/vmalloc.c',
  'mm/util.c',
  'mm/internal.h',
  'kernel/dma/mapping.c',
  'include/linux/mm.h',
  'include/linux/io.h',
  'include/linux/huge_mm.h',
  'include/linux/dma-mapping.h',
  'include/linux/pgtable.h',
];

const LOCKS =
  /\b(mmap_assert_write_locked|mmap_assert_locked|vma_assert_write_locked|vma_assert_locked|vma_assert_stabilised|pfnmap_lockdep_assert|mmap_read_trylock|vm_flags_set|vm_flags_mod|vma_start_write|mmap_read_lock_killable|mmap_read_lock|i_mmap_lock_read)\b/g;

/** Comments as spaces, lines kept. */
const bare = (text) => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, (comment) => comment.replace(/[^\n]/g, ' '));

/** Functions of a file: name, parameters, body. */
function functionsOf(text) {
  const found = new Map();
  const head =
    /^(?:static |inline |extern |__always_inline |noinline )*(?:const )?(?:struct |unsigned |enum )?\w+[\s*]+(\w+)\(([^;{}()]*(?:\([^)]*\)[^;{}()]*)*)\)\s*\n?\{/gm;
  for (let match = head.exec(text); match !== null; match = head.exec(text)) {
    let depth = 1;
    let at = head.lastIndex;
    for (; at < text.length && depth > 0; at++) {
      if (text[at] === '{') depth++;
      else if (text[at] === '}') depth--;
    }
    const body = text.slice(head.lastIndex, at);
    const before = text.slice(match.index, head.lastIndex).includes('inline');
    if (!found.has(match[1])) found.set(match[1], { takes: types(match[2]), body, inline: before });
    head.lastIndex = at;
  }
  return found;
}

/** Types of parameters, without names. */
const types = (list) =>
  list.trim() === 'void' || list.trim() === ''
    ? []
    : list.split(',').map((one) =>
        one
          .replace(/\s+/g, ' ')
          .trim()
          .replace(/\s*\b\w+$/, '')
          .replace(/ \*/g, ' *')
          .trim(),
      );

export function versionOf(tree) {
  const [, version, patchlevel, sublevel] = /VERSION = (\d+)\nPATCHLEVEL = (\d+)\nSUBLEVEL = (\d+)/.exec(
    readFileSync(join(tree, 'Makefile'), 'utf8'),
  );
  return { kernel: `${version}.${patchlevel}`, exact: `${version}.${patchlevel}.${sublevel}` };
}

/** `callers`: whether the whole tree is read for those. */
export function factsOf(tree, callers = true) {
  const { kernel, exact } = versionOf(tree);
  const sources = new Map();
  for (const file of FILES) {
    let text;
    try {
      text = bare(readFileSync(join(tree, file), 'utf8'));
    } catch {
      continue;
    }
    sources.set(file, { text, functions: functionsOf(text) });
  }
  const all = new Map();
  for (const [file, { functions }] of sources)
    for (const [name, of] of functions) if (!all.has(name)) all.set(name, { file, ...of });
  const pages = {};
  for (const [page, names] of Object.entries(NAMES)) {
    const rows = names.flatMap((name) => {
      const of = all.get(name);
      // some are macros: of other functions, or of an architecture's own
      const macro = [...sources].find(([, { text }]) => new RegExp(`#define\\s+${name}\\b`).test(text))?.[0];
      if (of === undefined && macro === undefined) return [];
      const file = of?.file ?? macro;
      const exported = [...sources.values()]
        .map(({ text }) => new RegExp(`\\b(EXPORT_SYMBOL\\w*)\\(${name}[,)]`).exec(text)?.[1])
        .find((one) => one !== undefined);
      const kind = of === undefined ? 'macro' : of.inline ? 'inline' : (exported ?? 'not exported');
      return [{ name, file, kind, ...(of === undefined ? {} : { takes: of.takes, locks: locksOf(name, all) }) }];
    });
    if (rows.length > 0) pages[page] = rows;
  }
  if (callers) addCallers(tree, pages);
  return { kernel, exact, pages };
}

/** What a function and what it calls in these files ask of locks, up to four calls deep. */
function locksOf(name, all) {
  const seen = new Set();
  const found = new Set();
  const visit = (of, depth) => {
    if (seen.has(of) || depth > 4) return;
    seen.add(of);
    const body = all.get(of)?.body;
    if (body === undefined) return;
    for (const [lock] of body.matchAll(LOCKS)) found.add(lock);
    for (const [, called] of body.matchAll(/\b(\w+)\(/g))
      if (all.has(called) && all.get(called).file.startsWith('mm/')) visit(called, depth + 1);
  };
  visit(name, 0);
  return [...found].sort();
}

function addCallers(tree, pages) {
  const names = new Set(Object.values(pages).flatMap((rows) => rows.map(({ name }) => name)));
  const word = new RegExp(`\\b(${[...names].join('|')})\\s*\\(`, 'g');
  const counts = new Map([...names].map((name) => [name, new Map()]));
  const walk = (path) => {
    for (const entry of readdirSync(join(tree, path), { withFileTypes: true })) {
      const file = `${path}/${entry.name}`;
      if (entry.isDirectory()) walk(file);
      else if (/\.[ch]$/.test(entry.name) && statSync(join(tree, file)).size < 1 << 20) {
        const raw = readFileSync(join(tree, file), 'utf8');
        word.lastIndex = 0;
        if (!word.test(raw)) continue;
        word.lastIndex = 0;
        const text = bare(raw);
        const here = new Set();
        // a call is indented; a definition or declaration begins its line
        for (const line of text.split('\n'))
          if (/^\s/.test(line) && !/^\s*(extern|static|int|long|vm_fault_t|void|struct page)\b[^=]*\(/.test(line))
            for (const [, name] of line.matchAll(word)) here.add(name);
        for (const name of here) {
          const [top, next] = file.split('/');
          const where = top === 'drivers' ? `drivers/${next}` : top;
          counts.get(name).set(where, (counts.get(name).get(where) ?? 0) + 1);
        }
      }
    }
  };
  for (const folder of CALLERS) {
    try {
      walk(folder);
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    }
  }
  for (const rows of Object.values(pages))
    for (const row of rows)
      row.callers = Object.fromEntries([...counts.get(row.name)].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)));
}

/** What trees say, by page: what several kernels have alike stands there once, with the callers of each. */
export function united(trees) {
  const pages = {};
  for (const { kernel, pages: found } of trees) {
    for (const [page, facts] of Object.entries(found)) {
      pages[page] ??= [];
      for (const { callers, ...fact } of facts) {
        const key = JSON.stringify(fact);
        const known = pages[page].find(({ callers: _, ...other }) => JSON.stringify(other) === key);
        if (known === undefined) pages[page].push({ ...fact, callers: { [kernel]: callers } });
        else known.callers[kernel] = callers;
      }
    }
  }
  return { kernels: trees.map(({ kernel, exact }) => ({ kernel, exact })), pages };
}

/** function-facts.ts, before it is formatted. */
export const factsText = (facts) => `// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Facts of functions, read in the sources of kernels by scripts/atlas-facts.mjs, which wrote this file: where each is, the types
 * of what it takes, the locks that it and what it calls ask for, and in how many files it is called, by folder.
 */

import type { FunctionFacts } from './function-fact.js';

export const FUNCTION_FACTS: FunctionFacts = ${JSON.stringify(facts, null, 2)};
`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(factsText(united(process.argv.slice(2).map((tree) => factsOf(tree)))));
}
