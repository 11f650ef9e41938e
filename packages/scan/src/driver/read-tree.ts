// SPDX-License-Identifier: GPL-2.0-or-later
/** Many files at once: a function that has no source in its own file may have it in another. */
import { looksOnly } from './known-calls.js';
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
  const ownMacros = new Map(files.map(({ path, macros }) => [path, macros]));
  const macros = new Map(files.flatMap((file) => [...file.macros]));
  for (const { path, functions, defines } of files) {
    const mine = new Map<string, Found>();
    own.set(path, mine);
    for (const fn of functions) {
      // the second of one name stands in the other branch of an #if: mostly an empty one
      const found = { file: path, fn, defines };
      if (!mine.has(fn.name)) mine.set(fn.name, found);
      if (fn.isStatic) continue;
      const other = open.get(fn.name);
      if (other === undefined) open.set(fn.name, found);
      else if (other?.file !== path) open.set(fn.name, null);
    }
  }
  const find: Find = (name, file) => {
    const mine = own.get(file)?.get(name);
    if (mine !== undefined) return mine;
    const other = open.get(name) ?? undefined;
    if (other !== undefined) return isMm(other.file) && !isMm(file) ? undefined : other;
    const body = ownMacros.get(file)?.get(name) ?? macros.get(name);
    return body === undefined ? undefined : behindMacro(name, file, body, find);
  };
  return find;
}

/** What a macro with arguments calls, where that is one function; an empty one where it is an expression. */
function behindMacro(name: string, file: string, body: string, find: Find): Found | undefined {
  const called = [...body.matchAll(/\b([A-Za-z_]\w*)\s*\(/g)].map(([, one]) => one!);
  const others = [...new Set(called.filter((one) => one !== name && !looksOnly(one)))];
  if (others.length > 1) return undefined;
  if (others.length === 1) return find(others[0]!, file);
  const fn = { name, line: 1, isStatic: true, isRead: true, parameters: [], locals: [], items: [] };
  return { file, fn, defines: new Map() };
}

/** What is in mm/ is for the model to know, not to be read. */
const isMm = (file: string): boolean => /(^|\/)mm\/[^/]+$/.test(file);
