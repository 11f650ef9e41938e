// SPDX-License-Identifier: GPL-2.0-or-later
/** Mappings that no driver's way of two pages makes: huge ones, and those of the kernel's own memory. */
import type { LogHeader } from '@specialbit/events';
import type { Json } from '../scene.js';
import type { Ground } from './operations.js';

/** A mapping that can be made, and operations be done to. */
export interface KindScene extends Ground {
  readonly header: Pick<LogHeader, 'files' | 'blocks' | 'thp' | 'hugetlb'>;
  map(): Json[];
}

/** Pages that one entry maps, on the architectures of the atlas's columns for huge kinds. */
export const PMD_PAGES = 512;
export const PUD_PAGES = PMD_PAGES * PMD_PAGES;

/** Aligned to a PUD, and so to a PMD. */
const AT = { pmd: '0x40000000', pud: '0x100000000' } as const;
/** Where mremap moves to. */
const ELSEWHERE = { pmd: '0x30000000', pud: '0x200000000' } as const;
/** Memory of a device at 1 TiB, which no machine has RAM at; aligned to a PUD. */
const DEVICE_PUD = '0x10000000';

export interface HugeGround {
  readonly level: 'pmd' | 'pud';
  readonly shared: boolean;
  readonly header: KindScene['header'];
  /** The file that is mapped; absent: anonymous memory. */
  readonly file?: string;
  /** Members of the mmap beside these. */
  readonly more: Json;
  /** What the driver calls when the mapping is there. */
  readonly calls?: readonly Json[];
}

/** One huge entry's worth of pages, looked at by its first page. */
export class HugeScene implements KindScene {
  readonly pages: number;
  readonly looked = [0];
  readonly elsewhere: string;
  readonly written?: true;
  readonly file: string | undefined;
  readonly header: KindScene['header'];

  constructor(private readonly o: HugeGround) {
    this.pages = o.level === 'pmd' ? PMD_PAGES : PUD_PAGES;
    this.elsewhere = ELSEWHERE[o.level];
    this.file = o.file;
    if (o.file === undefined) this.written = true;
    this.header = o.header;
  }

  map(): Json[] {
    const { level, shared, file, more, calls = [] } = this.o;
    const flags = `${shared ? 'MAP_SHARED' : 'MAP_PRIVATE'}|MAP_FIXED`;
    const named = file === undefined ? {} : { file };
    return [
      { type: 'mmap', label: 'm', pages: this.pages, prot: 'rw', at: AT[level], flags, ...named, ...more },
      ...calls,
    ];
  }

  touch(op: 'read' | 'write', i: number): Json[] {
    return [{ type: op, at: `m[${i}]` }];
  }
}

const DEV = { dev: { kind: 'device', pages: 0 } } as const;

/** `vmf_insert_pfn_pmd()` and `vmf_insert_pfn_pud()` from `->huge_fault`, of a device's memory or of one folio. */
export function pfnGround(level: 'pmd' | 'pud', memory: 'D' | 'C', shared: boolean, flags: string): HugeGround {
  const frame = level === 'pud' ? DEVICE_PUD : memory === 'D' ? 'G0' : 'C0';
  const blocks: LogHeader['blocks'] =
    level === 'pud'
      ? undefined
      : memory === 'D'
        ? { G0: { order: 'pmd', device: true } }
        : { C0: { order: 'pmd', compound: true } };
  const huge_fault = { frame, ...(level === 'pud' ? { pmd: true, pud: true } : {}) };
  return {
    level,
    shared,
    file: 'dev',
    // 6.1 asks ->huge_fault only where transparent huge pages are wanted
    header: { files: DEV, ...(blocks === undefined ? {} : { blocks }), thp: { enabled: 'always' } },
    more: {
      ops: { fault: { do: 'vmf_insert_pfn', frame }, huge_fault },
      ...(flags === '' ? {} : { call: [{ type: 'vm_flags_mod', set: flags }] }),
    },
  };
}

/** `vmf_insert_folio_pmd()`, as a handler calls it: the mapping is there, and no flag is set. */
export const folioGround = (shared: boolean): HugeGround => ({
  level: 'pmd',
  shared,
  file: 'dev',
  header: { files: DEV, blocks: { C0: { order: 'pmd', compound: true } }, thp: { enabled: 'always' } },
  more: {},
  calls: [{ type: 'vmf_insert_folio_pmd', at: 'm', frame: 'C0' }],
});

/** Anonymous memory of one folio: where transparent huge pages are always wanted. */
export const anonGround = (): HugeGround => ({
  level: 'pmd',
  shared: false,
  header: { thp: { enabled: 'always' } },
  more: {},
});

/** A file of hugetlbfs, of which the pool has enough pages. */
export const hugetlbGround = (shared: boolean): HugeGround => ({
  level: 'pmd',
  shared,
  file: 'huge',
  header: {
    files: { huge: { kind: 'hugetlbfs', pages: 2 * PMD_PAGES } },
    hugetlb: { 'hugepages-pmd/nr_hugepages': '8' },
  },
  more: {},
});

/** A file of tmpfs whose pages lie in folios of a PMD. */
export const shmemGround = (shared: boolean): HugeGround => ({
  level: 'pmd',
  shared,
  file: 'tmp',
  header: { files: { tmp: { kind: 'shmem', pages: PMD_PAGES, huge: 'always' } }, thp: { enabled: 'always' } },
  more: {},
});
