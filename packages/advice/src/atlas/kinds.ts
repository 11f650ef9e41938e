// SPDX-License-Identifier: GPL-2.0-or-later
/** Kinds of mappings: a call with its hook and flags, what it maps, and how processes map it. */
import { type FrameSet, memoryNamed } from '../memory.js';
import { Scene } from '../scene.js';
import { WAYS, type Way } from '../ways.js';

export interface Kind {
  /** `vmf_insert_pfn-P-shared`. */
  readonly name: string;
  readonly way: Way;
  readonly frames: FrameSet;
  readonly shared: boolean;
  readonly scene: Scene;
}

/** A page of the atlas: one way, with its kinds. */
export interface Chapter {
  /** `vmf_insert_pfn`. */
  readonly name: string;
  readonly way: Way;
  readonly kinds: readonly Kind[];
}

/** Ways with a page of their own, by its name. */
const CHAPTERS: readonly (readonly [string, string])[] = [
  ['remap_pfn_range', 'remap_pfn_range/mmap/none'],
  ['vmf_insert_pfn', 'vmf_insert_pfn/fault/VM_PFNMAP'],
  ['vmf_insert_pfn-mixedmap', 'vmf_insert_pfn/fault/VM_MIXEDMAP'],
  ['vmf_insert_mixed', 'vmf_insert_mixed/fault/VM_MIXEDMAP'],
  ['vm_insert_page', 'vm_insert_page/mmap/none'],
  ['fault-page', 'page/fault/none'],
  ['fault-page-mixedmap', 'page/fault/VM_MIXEDMAP'],
  ['page-cache', 'generic_file_mmap/mmap/none'],
];

const frameSets: readonly FrameSet[] = ['pages', 'device', 'reserved'].map((name) => memoryNamed(name).frames[0]!);

export const ATLAS_CHAPTERS: readonly Chapter[] = CHAPTERS.map(([name, id]) => {
  const way = WAYS.find((one) => one.id === id)!;
  // what is so of reserved pages is so of all, as far as these two calls do not tell otherwise
  const all = way.hook === 'mmap' ? 3 : 2;
  const frames = frameSets.slice(0, way.call === 'generic_file_mmap' ? 1 : all);
  const kinds = frames.flatMap((set) =>
    [true, false].map((shared): Kind => {
      const scene = new Scene({ way, frames: set, scattered: false, shared, prot: 'rw', pmdPages: 2 });
      return { name: `${name}-${set.name}-${shared ? 'shared' : 'private'}`, way, frames: set, shared, scene };
    }),
  );
  return { name, way, kinds };
});
