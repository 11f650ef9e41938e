// SPDX-License-Identifier: GPL-2.0-or-later
/** A driver's mapping as the model has it, beside what the kernel showed. */

import type { Pte } from '@specialbit/core/arch';
import {
  F,
  type Kernel,
  type Mm,
  PMD,
  PTE,
  type Vma,
  vm_flags_wide,
  vm_normal_page,
  vmFlags,
} from '@specialbit/core/kernel';
import type { Snapshot } from '../proc/snapshot.js';
import { formatVmFlagLetters } from '../proc/vm-flag-letters.js';
import { viewVma } from './view.js';

const pte: Pte = { lo: 0, hi: 0 };

/** What one side says about the pages of a mapping. */
export interface MappingFacts {
  /** `PFNMAP`, `MIXEDMAP` or neither. */
  readonly map: 'PFNMAP' | 'MIXEDMAP' | '-';
  readonly vm_flags: string;
  /** Entries that are there, and how many of them are special. */
  readonly entries: number;
  readonly special: number;
  /** Map count and references of the pages behind them: the least and the most. */
  readonly mapcount: readonly [number, number];
  readonly refcount: readonly [number, number];
  /** kB. */
  readonly rss: number;
}

export interface DriverRowCheck {
  readonly name: string;
  readonly start: number;
  readonly kernel: MappingFacts;
  readonly model: MappingFacts;
}

function kindOf(flags: number): MappingFacts['map'] {
  if ((flags & vmFlags.VM_PFNMAP) !== 0) return 'PFNMAP';
  return (flags & vmFlags.VM_MIXEDMAP) !== 0 ? 'MIXEDMAP' : '-';
}

const span = (values: readonly number[]): readonly [number, number] =>
  values.length === 0 ? [0, 0] : [Math.min(...values), Math.max(...values)];

function modelFacts(k: Kernel, mm: Mm, vma: Vma): MappingFacts {
  const mapcounts: number[] = [];
  const refcounts: number[] = [];
  let entries = 0;
  let special = 0;
  let rss = 0;
  mm.pt.forEachEntry(vma.vm_start, vma.vm_end, pte, (vpn, level) => {
    if (level !== PTE) {
      // a dump has a line for each page
      const codec = level === PMD ? k.arch.pmd! : k.arch.pud!;
      const pfn = codec.pfn(pte);
      entries += codec.pages;
      mapcounts.push(k.page_mapcount(pfn));
      refcounts.push(k.page_count(pfn));
      return;
    }
    entries++;
    if (!k.pte.present(pte)) return;
    if (k.pte.special(pte)) special++;
    const pfn = k.pte.pfn(pte);
    if (k.machine.pfn_valid(pfn)) {
      mapcounts.push(k.frames.get(pfn, F.mapcount));
      refcounts.push(k.page_count(pfn));
    }
    if (vm_normal_page(k, vma, vpn, pte) >= 0) rss++;
  });
  return {
    map: kindOf(vma.vm_flags),
    vm_flags: formatVmFlagLetters(vm_flags_wide(vma.vm_flags, vma.vm_flags_hi)).join(' '),
    entries,
    special,
    mapcount: span(mapcounts),
    refcount: span(refcounts),
    rss: (rss * k.arch.page.size) / 1024,
  };
}

function kernelFacts(snapshot: Snapshot, start: number, end: number): MappingFacts | undefined {
  const entry = snapshot.smaps?.find((vma) => vma.start === start && vma.end === end);
  if (entry?.vm_flags === undefined) return undefined;
  const pages = (snapshot.pages ?? []).filter((page) => page.vpn * 4096 >= start && page.vpn * 4096 < end);
  return {
    map: kindOf(entry.vm_flags),
    vm_flags: [...formatVmFlagLetters(entry.vm_flags), ...entry.otherFlags].join(' '),
    entries: pages.length,
    special: pages.filter((page) => page.special).length,
    mapcount: span(pages.flatMap((page) => page.mapcount ?? [])),
    refcount: span(pages.flatMap((page) => page.refcount ?? [])),
    rss: entry.sizes.Rss ?? 0,
  };
}

/** Mappings of devices and of the kernel itself that both sides have. */
export function driverRows(k: Kernel, mm: Mm, snapshot: Snapshot): DriverRowCheck[] {
  const rows: DriverRowCheck[] = [];
  for (const vma of mm.vmas) {
    if (vma.vm_ops === null || vma.vm_ops.kind === 'shmem' || vma.vm_ops.kind === 'file') continue;
    const { name, start, end } = viewVma(k, mm, vma);
    const kernel = kernelFacts(snapshot, start, end);
    if (kernel !== undefined) rows.push({ name, start, kernel, model: modelFacts(k, mm, vma) });
  }
  return rows;
}
