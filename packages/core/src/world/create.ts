// SPDX-License-Identifier: GPL-2.0-or-later
/** The world before the first event: frames as the machine has them, files with what they hold. */
import type { FileSpec, MachineSpec } from '@specialbit/events';
import type { Architecture } from '../arch/architecture.js';
import { LogReferenceError } from '../kernel/base/errors.js';
import { Kernel, type KernelOptions } from '../kernel/base/kernel.js';
import { NO_REASONS } from '../kernel/base/outcome.js';
import { folio_add_lru } from '../kernel/folio/folio-add-lru.js';
import { thp_write } from '../kernel/huge/thp-write.js';
import { hugetlb_write } from '../kernel/hugetlb/settings.js';
import { reserve_memtypes } from '../kernel/pte/memtype.js';
import { F, PG } from '../machine/frame-table.js';
import { Machine } from '../machine/machine.js';
import { PMD, PUD } from '../mm/level.js';
import type { Profile } from '../profile/profile.js';
import { DEFAULT_PROFILE } from '../profile/profiles.js';
import { commitWorld } from './commit.js';
import type { World } from './world.js';

export interface LaneOptions {
  readonly arch: Architecture;
  readonly machine: MachineSpec;
  readonly profile?: Profile;
  readonly files?: Readonly<Record<string, FileSpec>>;
  /** First byte of a labelled frame at the start; 0 when absent. */
  readonly content?: Readonly<Record<string, number>>;
  /** References on labelled frames that their owner holds beside the one that is counted. */
  readonly hiddenRefs?: number;
  /** Swap space in pages; 0 or absent for none. */
  readonly swapPages?: number;
  /** What was written to files below /sys/kernel/mm/transparent_hugepage before the first event; what a machine does not have is passed over. */
  readonly thp?: Readonly<Record<string, string>>;
  /** The kernel has CONFIG_HUGETLBFS, and this was written to files below /sys/kernel/mm/hugepages before the first event. */
  readonly hugetlb?: Readonly<Record<string, string>>;
  /** Address spaces that exist from the start; mm 0 when absent. */
  readonly mms?: readonly number[];
}

export function kernelOptions(lane: LaneOptions): KernelOptions {
  const profile = lane.profile ?? DEFAULT_PROFILE;
  return {
    arch: lane.arch.at(profile),
    machine: Machine.of(lane.machine, lane.hiddenRefs ?? 0),
    profile,
    swapPages: lane.swapPages ?? 0,
  };
}

/** A kernel in its initial state; commit it for a world. */
export function bootKernel(lane: LaneOptions, options: KernelOptions = kernelOptions(lane)): Kernel {
  const k = new Kernel(options);
  for (const [label, pfn] of Object.entries(lane.machine.frames)) {
    if (k.machine.is_zero_pfn(pfn)) continue;
    k.frames.set(pfn, F.content, lane.content?.[label] ?? 0);
    if (!k.machine.pfn_valid(pfn)) continue;
    k.frames.set(pfn, F.count, 1);
    // R frames are the ones with PG_reserved
    if (label.startsWith('R')) k.frames.setFlag(pfn, PG.reserved);
  }
  for (const { label, first, end, order, compound } of k.machine.blocks) {
    for (let pfn = first; pfn < end; pfn++)
      k.frames.set(pfn, F.content, lane.content?.[label + (pfn > first ? `+${pfn - first}` : '')] ?? 0);
    if (compound && order > 0) k.heap.newFolio(first, order, false);
  }
  for (let i = 0; i < k.machine.zero_pages; i++) {
    k.frames.setFlag(k.machine.zero_pfn + i, PG.reserved);
    // the kernel's own reference, where it is not among those that are hidden
    if (k.machine.heldRefs(k.machine.zero_pfn + i) === 0) k.frames.set(k.machine.zero_pfn + i, F.count, 1);
  }
  reserve_memtypes(k);
  for (const [key, value] of Object.entries(lane.thp ?? {})) thp_write(k, key, value);
  if (lane.hugetlb !== undefined) bootHugetlb(k, lane.hugetlb);
  k.out.reasons = NO_REASONS;
  for (const [name, spec] of Object.entries(lane.files ?? {})) addFile(k, name, spec);
  for (const id of lane.mms ?? [0]) k.newMm(id);
  return k;
}

/** hugetlb_init() (mm/hugetlb.c), and the pools that were made before the log begins. */
function bootHugetlb(k: Kernel, settings: Readonly<Record<string, string>>): void {
  const { pmd, pud } = k.arch;
  const levels = [
    ...(pmd === undefined ? [] : [{ level: PMD, order: Math.log2(pmd.pages) } as const]),
    ...(pud === undefined ? [] : [{ level: PUD, order: Math.log2(pud.pages) } as const]),
  ];
  k.hugetlb.boot(levels);
  for (const [key, value] of Object.entries(settings)) hugetlb_write(k, key, value);
}

/** The initial world of a lane. */
export function createWorld(lane: LaneOptions): World {
  return commitWorld(bootKernel(lane));
}

function addFile(k: Kernel, name: string, spec: FileSpec): void {
  const hstate = spec.kind === 'hugetlbfs' ? (spec.huge_page === 'pud' ? PUD : PMD) : undefined;
  const file = k.heap.newFile(name, spec.kind, spec.pages, spec.huge, spec.unlinked, hstate, spec.folios);
  for (const [index, byte] of (spec.content ?? []).entries()) {
    const page = k.alloc_page();
    if (page < 0) throw new LogReferenceError('frame', `page ${index} of file ${name}`, 'RAM is full');
    // written through write(): shmem_write_begin() marks it referenced, shmem_write_end() dirty
    k.frames.setFlag(page, PG.swapbacked | PG.uptodate | PG.dirty | PG.referenced);
    k.frames.set(page, F.mapping, -file.id);
    k.frames.set(page, F.index, index);
    k.frames.set(page, F.content, byte);
    folio_add_lru(k, page);
    file.setPage(index, page);
  }
}
