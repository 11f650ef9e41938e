// SPDX-License-Identifier: GPL-2.0-or-later
/** The laboratory machine as core wants it, from a transcript's header and a scenario's begin record. */

import type { FileSpec, MachineSpec } from '@specialbit/events';
import { lookup } from '@specialbit/events';
import type { BeginRecord, TranscriptHeader } from './format.js';

const hex = (s: string): number => Number.parseInt(s, 16);

/** The memory map and frames of a scenario. */
export function labMachine(header: TranscriptHeader, begin: BeginRecord): MachineSpec {
  const ramBytes = begin.ram ?? header.ram;
  const shift = Math.log2(header.page_size);
  const highest = hex(begin.highest_memmap_pfn ?? header.highest_memmap_pfn);
  const frames: Record<string, number> = {};
  for (const [label, pfn] of Object.entries(begin.frames ?? header.frames)) frames[label] = hex(pfn);
  const ram = ramBytes.map(
    ([start, end]) => [Math.floor(hex(start) / 2 ** shift), Math.floor(hex(end) / 2 ** shift)] as const,
  );
  const lowest = Math.min(...ram.map(([start]) => start));
  return {
    ...(Number(header.const.thp ?? 0) === 0
      ? {}
      : { thp: true, blocks: labBlocks(frames, Number(header.const.pmd_order)) }),
    ram: memmap(ram, highest, frames),
    highest_memmap_pfn: highest,
    zero_pfn: hex(begin.zero_pfn ?? header.zero_pfn),
    zero_pages: header.zero_pages,
    frames,
    // below all RAM the boards have nothing that answers
    unbacked: [[0, lowest]],
  };
}

/** Orders of the driver's blocks C (compound) and N; null: that of a PMD, as those of G. */
const BLOCKS: Readonly<Record<string, number | null>> = lookup({ C0: 2, C1: 3, C2: 4, C3: null, N0: 2, N1: 3 });

/** The frames that the laboratory's driver has in blocks. */
function labBlocks(frames: Readonly<Record<string, number>>, pmdOrder: number): NonNullable<MachineSpec['blocks']> {
  return Object.fromEntries(
    Object.keys(frames).flatMap((label) =>
      /^[CNG]\d/.test(label)
        ? [[label, { order: BLOCKS[label] ?? pmdOrder, ...(label.startsWith('C') ? { compound: true } : {}) }]]
        : [],
    ),
  );
}

/** First bytes of the pages of blocks: page i of Cb 0x80 + 16 b + (i mod 16), of Nb 0x60 + 16 b + i, of Gb 0xc0 + b. */
export function blockContent(spec: MachineSpec): Record<string, number> {
  const content: Record<string, number> = {};
  for (const [label, { order }] of Object.entries(spec.blocks ?? {})) {
    const b = Number(label.slice(1));
    for (let i = 0; i < 2 ** order; i++) {
      const value = label.startsWith('G')
        ? 0xc0 + b
        : label.startsWith('C')
          ? 0x80 + 16 * b + (i % 16)
          : 0x60 + 16 * b + i;
      content[i === 0 ? label : `${label}+${i}`] = value;
    }
  }
  return content;
}

/**
 * What pfn_valid() says: true for RAM and for the reserved parts between, except where the
 * laboratory found its hole.
 */
function memmap(
  ram: readonly (readonly [number, number])[],
  highest: number,
  frames: Readonly<Record<string, number>>,
): (readonly [number, number])[] {
  const pieces = ram.map(([start, end]) => [start, Math.min(end, highest + 1)] as const).filter(([s, e]) => s < e);
  for (const [label, pfn] of Object.entries(frames)) {
    // pages that the kernel has must be valid, whatever the resource tree left out
    if (/^[PRZCN]/.test(label) && !pieces.some(([s, e]) => pfn >= s && pfn < e)) pieces.push([pfn, pfn + 1]);
  }
  return pieces.sort((a, b) => a[0] - b[0]);
}

/** tmp0 is eight pages with content, tmp1 eight pages of hole; `dev` and `prep` are the driver's, with `->mmap` and `->mmap_prepare`. */
export const labFiles: Readonly<Record<string, FileSpec>> = {
  dev: { kind: 'device', pages: 0 },
  prep: { kind: 'device', pages: 0 },
  tmp0: { kind: 'shmem', pages: 8, content: [0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7] },
  tmp1: { kind: 'shmem', pages: 8 },
};

/** Three sparse tmpfs files of three PMD ranges each: mounted huge=always, never and advise. */
export function bigFiles(pmdPages: number): Readonly<Record<string, FileSpec>> {
  const pages = 3 * pmdPages;
  return {
    big0: { kind: 'shmem', pages, huge: 'always', unlinked: true },
    big1: { kind: 'shmem', pages, huge: 'never', unlinked: true },
    big2: { kind: 'shmem', pages, huge: 'advise', unlinked: true },
  };
}

/** Two of hugetlbfs, made by memfd_create(), of four huge pages each. */
export function hugetlbFiles(pmdPages: number): Readonly<Record<string, FileSpec>> {
  const file = { kind: 'hugetlbfs', pages: 4 * pmdPages } as const;
  return { huge0: file, huge1: file };
}

/** References that the harness holds on each of its frames, and subtracts from what it reports. */
export const LAB_HIDDEN_REFS = 100;

/** `0x20000000 + v * 0x1000000`; slot 3 two pages less. */
export function slotVpn(pageSize: number, v: number, p: number): number {
  return (0x20000000 + v * 0x1000000) / pageSize - (v === 3 ? 2 : 0) + p;
}

/** The window of addresses that the harness dumps, in pages. */
export function labWindow(pageSize: number): readonly [number, number] {
  return [0x20000000 / pageSize, (0x20000000 + 8 * 0x1000000) / pageSize];
}
