// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * GEM objects of drm: drm_gem_mmap_obj() (drivers/gpu/drm/drm_gem.c) calls what an object's functions name, and sets bits
 * itself where they name nothing; it in turn is called by drm_gem_mmap(), or by a function of the driver's around that.
 */
import { folderOf } from './folder.js';
import type { CFile, FindOps, Mapping } from './mappings.js';
import type { NamedHandler } from './named-handlers.js';
import { type Find, type Found, readHandler } from './read-handler.js';
import { implied, type Step } from './steps.js';

const FUNCS = 'struct drm_gem_object_funcs';
const FLAGS = ['VM_DONTDUMP', 'VM_DONTEXPAND', 'VM_IO', 'VM_PFNMAP'];

/** Objects without an `mmap` of their own. */
export function gemDefaults(file: CFile, findOps: FindOps): Mapping[] {
  return file.members.flatMap(({ type, owner, member, value, line }) => {
    if (type !== FUNCS || member !== 'vm_ops') return [];
    if (file.members.some((other) => other.type === type && other.owner === owner && other.member === 'mmap'))
      return [];
    const table = findOps(value, file.path);
    const place = { file: file.path, line };
    const steps: Step[] = [{ kind: 'flags', set: FLAGS, clear: [], place, guards: [] }];
    const mmap = { name: 'drm_gem_mmap_obj', place, steps };
    return {
      of: `${type} ${owner}`,
      member: 'mmap',
      mmap,
      ops: table === undefined ? [] : [table],
      foreignOps: table === undefined ? [value] : [],
    };
  });
}

/**
 * The mapping with what the driver does around drm_gem_mmap(): nothing, where that is itself in its file_operations; what
 * the one function there does that calls it; else that is not known, and may change what the object's functions set.
 */
export function underGem(
  mapping: Mapping,
  file: CFile,
  { files, named, find }: { files: readonly CFile[]; named: readonly NamedHandler[]; find: Find },
): Mapping {
  const { mmap } = mapping;
  if (!mapping.of.startsWith(FUNCS) || mmap.steps === undefined) return mapping;
  const folder = folderOf(file.path);
  const driver = files.filter(({ path }) => folderOf(path) === folder);
  const callers = driver.flatMap((one) => gemCallers(one).map((name) => ({ name, file: one.path })));
  if (driver.some(({ gemFops }) => gemFops) && callers.length === 0) return mapping;
  const handlers = new Set(
    [...driver.flatMap(({ members }) => members), ...named.filter(({ path }) => folderOf(path) === folder)].flatMap(
      ({ type, member, value }) => (type === 'struct file_operations' && member === 'mmap' ? [value] : []),
    ),
  );
  const [caller, ...others] = callers.filter(({ name }) => handlers.has(name));
  const found = caller && find(caller.name, caller.file);
  const around = found !== undefined && others.length === 0 ? stepsAround(found, find) : undefined;
  if (around !== undefined)
    return { ...mapping, mmap: { ...mmap, steps: [...around.before, ...mmap.steps, ...around.behind] } };
  const step: Step = {
    kind: 'unfollowed',
    name: 'what calls drm_gem_mmap()',
    why: 'elsewhere',
    place: mmap.place,
    guards: [],
  };
  return { ...mapping, mmap: { ...mmap, steps: [...mmap.steps, step] } };
}

/** What a function does before and behind its one call of drm_gem_mmap(), on the way that leads there. */
function stepsAround(caller: Found, find: Find): { before: Step[]; behind: Step[] } | undefined {
  const steps = readHandler(caller, (name, file) => (name === GEM_MMAP ? undefined : find(name, file)));
  const calls = steps.filter((step) => step.kind === 'unfollowed' && step.name === GEM_MMAP);
  const [call] = calls;
  if (call === undefined || calls.length > 1) return undefined;
  const at = steps.indexOf(call);
  const on = (step: Step): boolean =>
    step.guards.every((of) => of.loop || call.guards.every(({ id, branch }) => id !== of.id || branch === of.branch));
  const conditions = new Set(call.guards.map(({ id }) => id));
  const under = (step: Step): Step => ({ ...step, guards: step.guards.filter(({ id }) => !conditions.has(id)) });
  const along = (some: readonly Step[]): Step[] =>
    some.filter((step) => on(step) && (!MAKES_A_WAY.has(step.kind) || implied(step, call))).map(under);
  return { before: along(steps.slice(0, at)), behind: along(steps.slice(at + 1)) };
}

/** What only stands on another way to a mapping is none of this one's. */
const MAKES_A_WAY: ReadonlySet<Step['kind']> = new Set(['map', 'ops', 'page cache', 'passes on']);

const GEM_MMAP = 'drm_gem_mmap';

const gemCallers = ({ functions }: CFile): string[] =>
  functions.flatMap(({ name, items }) =>
    items.some((item) => item.kind === 'call' && item.name === GEM_MMAP) ? [name] : [],
  );
