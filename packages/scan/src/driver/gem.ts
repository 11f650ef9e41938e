// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * GEM objects of drm: drm_gem_mmap_obj() (drivers/gpu/drm/drm_gem.c) calls what an object's functions name, and sets bits
 * itself where they name nothing; it in turn is called by drm_gem_mmap(), or by a function of the driver's around that.
 */
import type { CFile, FindOps, Mapping } from './mappings.js';
import type { Step } from './steps.js';

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
 * The mapping with what is not known of it: unless the driver is seen to have drm_gem_mmap() itself in its file_operations,
 * something around it may change what the object's functions set.
 */
export function underGem(mapping: Mapping, file: CFile, files: readonly CFile[]): Mapping {
  const { mmap } = mapping;
  if (!mapping.of.startsWith(FUNCS) || mmap.steps === undefined) return mapping;
  const folder = folderOf(file.path);
  const driver = files.filter(({ path }) => folderOf(path) === folder);
  if (driver.some(({ gemFops }) => gemFops) && !driver.some(callsGemMmap)) return mapping;
  const step: Step = {
    kind: 'unfollowed',
    name: 'what calls drm_gem_mmap()',
    why: 'elsewhere',
    place: mmap.place,
    guards: [],
  };
  return { ...mapping, mmap: { ...mmap, steps: [...mmap.steps, step] } };
}

const callsGemMmap = ({ functions }: CFile): boolean =>
  functions.some(({ items }) => items.some((item) => item.kind === 'call' && item.name === 'drm_gem_mmap'));

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);
