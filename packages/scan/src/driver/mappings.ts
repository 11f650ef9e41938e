// SPDX-License-Identifier: GPL-2.0-or-later
/** The mappings that a file can make: its `->mmap` handlers, with the `vm_operations_struct` that each leaves behind. */
import { type CFunction, definesOf, functionsOf, type MemberValue, macrosOf, memberValues } from '../c/functions.js';
import type { Node } from '../c/parser.js';
import { INLINE, PAGE_CACHE, VMA_TYPES } from './known-calls.js';
import { type Find, readHandler } from './read-handler.js';
import { type Place, type Step, stepsOf } from './steps.js';

/** Members of file_operations and their like that map. */
const MMAP = /^(mmap|mmap_prepare|fb_mmap|proc_mmap)$/;
/** Members of drivers' own tables that do, if what they name takes a mapping: `fd_mmap`, `map_mmap`. */
const LIKE_MMAP = /^(\w+_)?mmap(?!_(fault|ops)$)(_\w+)?$/;
const VM_OPS = 'struct vm_operations_struct';
const HANDLERS = [
  'fault',
  'huge_fault',
  'pfn_mkwrite',
  'page_mkwrite',
  'open',
  'close',
  'may_split',
  'mremap',
  'access',
  'map_pages',
] as const;
export type HandlerName = (typeof HANDLERS)[number];

export interface Handler {
  readonly name: string;
  readonly place: Place;
  /** Undefined: its source is not here. */
  readonly steps: readonly Step[] | undefined;
}

/** One `vm_operations_struct`. */
export interface VmOps {
  readonly name: string;
  readonly place: Place;
  readonly handlers: Readonly<Partial<Record<HandlerName, Handler>>>;
}

/** One `->mmap`, and what it leaves. */
export interface Mapping {
  /** Where the handler is named: `struct file_operations foo_fops`. */
  readonly of: string;
  readonly member: string;
  readonly mmap: Handler;
  /** All that its vm_ops may be. */
  readonly ops: readonly VmOps[];
  /** A `vm_ops` that is named, and whose definition is not here. */
  readonly foreignOps: readonly string[];
}

/** What is kept of a file once its tree is there. */
export interface CFile {
  readonly path: string;
  readonly functions: readonly CFunction[];
  readonly members: readonly MemberValue[];
  readonly defines: ReadonlyMap<string, string>;
  /** What macros with arguments stand for. */
  readonly macros: ReadonlyMap<string, string>;
  /** Tables of handlers without any. */
  readonly emptyOps: readonly { readonly name: string; readonly place: Place }[];
  /** It takes pages out of everybody's page tables: the first call of unmap_mapping_range() or its like. */
  readonly revokes: Place | undefined;
  /** Pages of a higher order that are no folio, and that nobody splits, by the name that they are kept under. */
  readonly allocates: ReadonlyMap<string, Place>;
  /** Its file_operations have drm_gem_mmap() itself. */
  readonly gemFops: boolean;
}

export function readFile(path: string, root: Node, text: string): CFile {
  const functions = functionsOf(root, /\bstruct vm_(area_struct|fault|area_desc)\b|(->|\.)(vma|vmf)\b/);
  const revokes = root.descendantsOfType('call_expression').find((node) => {
    const name = node?.childForFieldName('function')?.text ?? '';
    return /^(unmap_mapping_range|unmap_mapping_pages|unmap_mapping_folio)$/.test(name);
  });
  return {
    path,
    functions,
    members: memberValues(root),
    defines: definesOf(root),
    macros: macrosOf(root),
    emptyOps: emptyOps(path, text),
    revokes: revokes ? { file: path, line: revokes.startPosition.row + 1 } : undefined,
    gemFops: /\b(DEFINE_)?DRM_(GEM(_DMA)?|ACCEL)_FOPS\b|\.mmap\s*=\s*drm_gem_mmap\b/.test(text),
    allocates: /\b(__GFP_COMP|split_page)\b/.test(text) ? new Map() : highOrders(path, root),
  };
}

/** alloc_pages() and its like, with an order that is not 0. */
function highOrders(path: string, root: Node): Map<string, Place> {
  const found = new Map<string, Place>();
  for (const node of root.descendantsOfType('assignment_expression')) {
    const call =
      node?.childForFieldName('right')?.descendantsOfType('call_expression')[0] ?? node?.childForFieldName('right');
    if (
      !/^(alloc_pages(_node|_noprof)?|dev_alloc_pages|__get_free_pages)$/.test(
        call?.childForFieldName('function')?.text ?? '',
      )
    )
      continue;
    const order = call?.childForFieldName('arguments')?.namedChildren.at(-1)?.text ?? '0';
    const name = /(\w+)(\[[^\]]*\])?$/.exec(node?.childForFieldName('left')?.text ?? '')?.[1];
    if (order !== '0' && name !== undefined) found.set(name, { file: path, line: node!.startPosition.row + 1 });
  }
  return found;
}

/** The table of a name, as a file sees it: its own, or one that only one of the others has. */
export type FindOps = (name: string, file: string) => VmOps | undefined;

export interface Finders {
  readonly find: Find;
  readonly ops: FindOps;
}

/** The mappings of a file, each handler once. */
export function mappingsOf(file: CFile, finders: Finders): Mapping[] {
  const { find } = finders;
  const mappings: Mapping[] = [];
  const seen = new Set<string>();
  for (const named of file.members) {
    const { type, member, value } = named;
    if (!LIKE_MMAP.test(member) || value === 'NULL' || seen.has(`${member} ${value}`)) continue;
    const fn = find(value, file.path)?.fn;
    // an assignment names a handler only if its value is a function
    if (type === '' && fn === undefined) continue;
    if (!MMAP.test(member) && fn?.parameters.some((parameter) => VMA_TYPES.has(parameter.type)) !== true) continue;
    seen.add(`${member} ${value}`);
    mappings.push(mappingOf(named, file, finders));
  }
  return mappings;
}

/** The mapping of the handler that a member of a table names. */
export function mappingOf(
  { type, owner, member, value, line }: MemberValue,
  file: Pick<CFile, 'path' | 'members'>,
  { find, ops: findOps }: Finders,
): Mapping {
  const mmap = handlerOf(file, INLINE.get(value) ?? value, line, find);
  // where a table is named, its name means what it means in that file
  const named = new Map(stepsOf(mmap.steps ?? [], 'ops').map(({ name, place }) => [name, place.file]));
  // drm's objects name both in one table (struct drm_gem_object_funcs)
  for (const other of file.members) {
    if (other.member === 'vm_ops' && other.type === type && other.owner === owner) named.set(other.value, file.path);
  }
  named.delete('NULL');
  const found = [...named].map(([name, from]) => [name, findOps(name, from)] as const);
  const ops = found.flatMap(([, table]) => table ?? []);
  const foreignOps = found.flatMap(([name, table]) => (table === undefined ? [name] : []));
  return { of: `${type} ${owner}`.trim(), member, mmap, ops, foreignOps };
}

/** Tables of handlers that are not among those of any of `mappings`. */
export function orphanOps(tables: readonly VmOps[], mappings: readonly Mapping[]): VmOps[] {
  const used = new Set(mappings.flatMap(({ ops }) => ops.map(({ name, place }) => `${place.file} ${name}`)));
  return tables.filter(({ name, place }) => !used.has(`${place.file} ${name}`));
}

/** The tables of handlers of a file. */
export function vmOpsOf(file: CFile, find: Find): VmOps[] {
  const tables = new Map<string, VmOps & { handlers: Partial<Record<HandlerName, Handler>> }>();
  for (const { type, owner, member, value, line } of file.members) {
    if (type !== VM_OPS) continue;
    const table = tables.get(owner) ?? { name: owner, place: { file: file.path, line }, handlers: {} };
    tables.set(owner, table);
    const name = HANDLERS.find((known) => known === member);
    if (name !== undefined && value !== 'NULL') table.handlers[name] = handlerOf(file, value, line, find);
  }
  for (const { name, place } of file.emptyOps) if (!tables.has(name)) tables.set(name, { name, place, handlers: {} });
  return [...tables.values()];
}

/** `struct vm_operations_struct name = { }` says who made a mapping, and no more. */
function emptyOps(path: string, text: string): CFile['emptyOps'] {
  const found = [...text.matchAll(/\bstruct vm_operations_struct (\w+)\s*=\s*\{\s*\}/g)];
  return found.map(({ 1: name, index }) => ({
    name: name!,
    place: { file: path, line: text.slice(0, index).split('\n').length },
  }));
}

function handlerOf(file: Pick<CFile, 'path'>, name: string, line: number, find: Find): Handler {
  const found = find(name, file.path);
  // what mm does itself is for the model to know
  if (found !== undefined && !PAGE_CACHE.has(name)) {
    const place = { file: found.file, line: found.fn.line };
    return { name, place, steps: readHandler(found, find) };
  }
  const place = { file: file.path, line };
  const steps: Step[] | undefined = PAGE_CACHE.has(name)
    ? [{ kind: 'page cache', name, place, guards: [] }]
    : undefined;
  return { name, place, steps };
}
