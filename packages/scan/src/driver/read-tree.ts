// SPDX-License-Identifier: GPL-2.0-or-later
/** Many files at once: a function that has no source in its own file may have it in another. */
import { type CFile, type Finders, type VmOps, vmOpsOf } from './mappings.js';
import type { Find, Found } from './read-handler.js';

/** Finds functions and tables of handlers within their file, and what only one of the others has. */
export function findersOf(files: readonly CFile[]): Finders {
  const find = functionFinder(files);
  return { find, ops: opsFinder(files, find) };
}

function opsFinder(files: readonly CFile[], find: Find): Finders['ops'] {
  const own = new Map<string, Map<string, VmOps>>();
  const all = new Map<string, VmOps | null>();
  for (const file of files) {
    const tables = new Map(vmOpsOf(file, find).map((table) => [table.name, table]));
    own.set(file.path, tables);
    for (const [name, table] of tables) all.set(name, all.has(name) ? null : table);
  }
  return (name, file) => own.get(file)?.get(name) ?? all.get(name) ?? undefined;
}

function functionFinder(files: readonly CFile[]): Find {
  const own = new Map<string, Map<string, Found>>();
  const open = new Map<string, Found | null>();
  for (const { path, functions, defines } of files) {
    const mine = new Map<string, Found>();
    own.set(path, mine);
    for (const fn of functions) {
      // the second of one name stands in the other branch of an #if: mostly an empty one
      const found = { file: path, fn, defines };
      if (!mine.has(fn.name)) mine.set(fn.name, found);
      if (fn.isStatic) continue;
      open.set(fn.name, open.has(fn.name) && open.get(fn.name)?.file !== path ? null : found);
    }
  }
  return (name, file) => {
    const mine = own.get(file)?.get(name);
    if (mine !== undefined) return mine;
    const other = open.get(name) ?? undefined;
    return other !== undefined && isMm(other.file) && !isMm(file) ? undefined : other;
  };
}

/** What is in mm/ is for the model to know, not to be read. */
const isMm = (file: string): boolean => /(^|\/)mm\/[^/]+$/.test(file);
