// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Mappings that a driver fills later, with no handler of theirs: it keeps them, or where they are, as binder does
 * (binder_install_single_page(), drivers/android/binder_alloc.c) and TCP's zero copy (net/ipv4/tcp.c). Mostly what is kept is
 * for revoking it; where a driver has calls that map in functions which no handler leads to, these may be of this one.
 */
import { folderOf } from './folder.js';
import { MAP_CALLS } from './known-calls.js';
import type { CFile, Mapping, VmOps } from './mappings.js';
import { type Place, type Step, stepsOf } from './steps.js';

interface Later {
  readonly name: string;
  readonly place: Place;
}

/** A function of each folder that maps where no handler leads to. */
export type MapLater = ReadonlyMap<string, Later>;

export function mapLaterOf(files: readonly CFile[], mappings: readonly Mapping[], tables: readonly VmOps[]): MapLater {
  const handlers = [...mappings.map(({ mmap }) => mmap), ...tables.flatMap((table) => Object.values(table.handlers))];
  const reached = new Set(
    handlers.flatMap(({ steps }) => stepsOf(steps ?? [], 'map').map(({ place }) => `${place.file}:${place.line}`)),
  );
  const folders = new Map<string, Later>();
  for (const { path, functions } of files) {
    const found = functions.find(({ items }) =>
      items.some((item) => item.kind === 'call' && MAP_CALLS.has(item.name) && !reached.has(`${path}:${item.line}`)),
    );
    const folder = folderOf(path);
    if (found !== undefined && !folders.has(folder))
      folders.set(folder, { name: found.name, place: { file: path, line: found.line } });
  }
  return folders;
}

/**
 * The mapping with what maps into it later, where that can be, and without what is kept of it where not: bits that say
 * what it will have (VM_PFNMAP, VM_MIXEDMAP), and nobody who maps.
 */
export function withLater(mapping: Mapping, later: MapLater): Mapping {
  const { mmap, ops, foreignOps } = mapping;
  if (mmap.steps === undefined) return mapping;
  const steps = mmap.steps.filter(
    (step) => step.kind !== 'unfollowed' || step.why !== 'kept' || later.has(folderOf(step.place.file)),
  );
  const maps = steps.some(({ kind }) => kind === 'map' || kind === 'page cache' || kind === 'passes on');
  const faults = foreignOps.length > 0 || ops.some(({ handlers }) => fills(handlers.fault?.steps));
  const bits = stepsOf(steps, 'flags').some(({ set }) => set.includes('VM_PFNMAP') || set.includes('VM_MIXEDMAP'));
  const by = later.get(folderOf(mmap.place.file));
  if (by !== undefined && bits && !maps && !faults)
    steps.push({ kind: 'unfollowed', name: `${by.name}()`, why: 'later', place: by.place, guards: [] });
  return { ...mapping, mmap: { ...mmap, steps } };
}

/** A handler that only says that there is nothing maps nothing. */
const fills = (steps: readonly Step[] | undefined): boolean =>
  steps?.some(({ kind }) => kind !== 'bounds' && kind !== 'refuses') ?? false;
