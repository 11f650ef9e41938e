// SPDX-License-Identifier: GPL-2.0-or-later
/** Kinds of mappings: a call with its hook and flags, what it maps, and how processes map it. */
import { memoryNamed } from '../memory.js';
import { Scene } from '../scene.js';
import { ownText } from '../text.js';
import { callText, hookText, WAYS, type Way } from '../ways.js';
import {
  anonGround,
  folioGround,
  type HugeGround,
  HugeScene,
  hugetlbGround,
  type KindScene,
  pfnGround,
  shmemGround,
} from './ground.js';

export interface Kind {
  /** `vmf_insert_pfn-P-shared`. */
  readonly name: string;
  /** `P shared`, as tables of operations name it. */
  readonly short: string;
  /** `Pages with a reference of the driver each, shared`. */
  readonly words: string;
  readonly scene: KindScene;
}

/** The level whose special bit matters: which columns a chapter has. */
export type BitLevel = 'pte' | 'pmd' | 'pud';

/** A page of the atlas: one way, with its kinds. */
export interface Chapter {
  /** `vmf_insert_pfn`. */
  readonly name: string;
  readonly title: string;
  readonly level: BitLevel;
  readonly kinds: readonly Kind[];
}

/** Ways of a driver with a page of their own, by its name. */
const DRIVERS: readonly (readonly [string, string])[] = [
  ['remap_pfn_range', 'remap_pfn_range/mmap/none'],
  ['vmf_insert_pfn', 'vmf_insert_pfn/fault/VM_PFNMAP'],
  ['vmf_insert_pfn-mixedmap', 'vmf_insert_pfn/fault/VM_MIXEDMAP'],
  ['vmf_insert_mixed', 'vmf_insert_mixed/fault/VM_MIXEDMAP'],
  ['vm_insert_page', 'vm_insert_page/mmap/none'],
  ['fault-page', 'page/fault/none'],
  ['fault-page-mixedmap', 'page/fault/VM_MIXEDMAP'],
  ['page-cache', 'generic_file_mmap/mmap/none'],
];

const FRAME_SETS = ['pages', 'device', 'reserved'].map((name) => memoryNamed(name).frames[0]!);

/** What no driver would be told to do, and some do: /proc/vmcore maps RAM by remap_pfn_range() with VM_MIXEDMAP set. */
const REMAP_IN_MIXEDMAP: Way = {
  id: 'remap_pfn_range/mmap/VM_MIXEDMAP',
  call: 'remap_pfn_range',
  hook: 'mmap',
  flags: 'VM_MIXEDMAP',
};

function driversChapter(name: string, way: Way): Chapter {
  // what is so of reserved pages is so of all, as far as these two calls do not tell otherwise
  const all = way.hook === 'mmap' ? 3 : 2;
  const frames = FRAME_SETS.slice(0, way.call === 'generic_file_mmap' ? 1 : all);
  const kinds = frames.flatMap((set) =>
    [true, false].map((shared): Kind => {
      const scene = new Scene({ way, frames: set, scattered: false, shared, prot: 'rw', pmdPages: 2 });
      return kindOf(name, set.name, way.call === 'generic_file_mmap' ? 'pages of the file' : set.words, shared, scene);
    }),
  );
  return { name, title: titleOf(way), level: 'pte', kinds };
}

function titleOf(way: Way): string {
  const flags = ownText({ way, extras: { flags: [], handlers: [] } });
  const from = way.call === 'generic_file_mmap' ? '' : ` from ${hookText(way.hook)}`;
  return `${callText(way)}${from}${flags === '-' ? '' : `, ${flags}`}`;
}

function kindOf(chapter: string, frames: string, words: string, shared: boolean, scene: KindScene): Kind {
  const how = shared ? 'shared' : 'private';
  return {
    name: `${chapter}-${frames}-${how}`,
    short: `${frames} ${how}`,
    words: `${words[0]!.toUpperCase()}${words.slice(1)}, ${how}`,
    scene,
  };
}

/** Both ways in which a process can map what a ground says. */
const both = (chapter: string, frames: string, words: string, of: (shared: boolean) => HugeGround): Kind[] =>
  [true, false].map((shared) => kindOf(chapter, frames, words, shared, new HugeScene(of(shared))));

const DEVICE_WORDS = "a device's memory without a struct page";
const FOLIO_WORDS = 'one folio of the driver';

function pfnChapter(level: 'pmd' | 'pud', flags: 'VM_PFNMAP' | 'VM_MIXEDMAP'): Chapter {
  const call = `vmf_insert_pfn_${level}`;
  const name = flags === 'VM_PFNMAP' ? call : `${call}-mixedmap`;
  const kinds = both(name, 'D', DEVICE_WORDS, (shared) => pfnGround(level, 'D', shared, flags));
  if (level === 'pmd') kinds.push(...both(name, 'C', FOLIO_WORDS, (shared) => pfnGround(level, 'C', shared, flags)));
  return { name, title: `${call}() from ->huge_fault, ${flags}`, level, kinds };
}

/** Mappings by entries of the PMD and PUD level. */
const HUGE: readonly Chapter[] = [
  pfnChapter('pmd', 'VM_PFNMAP'),
  pfnChapter('pmd', 'VM_MIXEDMAP'),
  pfnChapter('pud', 'VM_PFNMAP'),
  pfnChapter('pud', 'VM_MIXEDMAP'),
  {
    name: 'vmf_insert_folio_pmd',
    title: 'vmf_insert_folio_pmd()',
    level: 'pmd',
    kinds: both('vmf_insert_folio_pmd', 'C', FOLIO_WORDS, folioGround),
  },
  {
    name: 'thp-anonymous',
    title: 'Anonymous memory, transparent huge pages',
    level: 'pmd',
    kinds: [kindOf('thp-anonymous', 'A', 'a folio of a PMD', false, new HugeScene(anonGround()))],
  },
  {
    name: 'thp-shmem',
    title: 'A file of tmpfs, huge=always',
    level: 'pmd',
    kinds: both('thp-shmem', 'F', 'a folio of the page cache', shmemGround),
  },
  {
    name: 'hugetlb',
    title: 'A file of hugetlbfs',
    level: 'pmd',
    kinds: both('hugetlb', 'H', 'a page of the pool', hugetlbGround),
  },
];

export const ATLAS_CHAPTERS: readonly Chapter[] = [
  ...DRIVERS.map(([name, id]) => driversChapter(name, WAYS.find((one) => one.id === id)!)),
  driversChapter('remap_pfn_range-mixedmap', REMAP_IN_MIXEDMAP),
  ...HUGE,
];
