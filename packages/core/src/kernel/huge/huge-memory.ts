// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Entries of the PMD and PUD level that map memory themselves (mm/huge_memory.c): folios of that size and the huge
 * zero folio under anonymous memory, and huge pfn mappings of drivers. On a machine whose allocator has no folios of
 * more than one page (`thp` of its description), as one whose memory is fragmented, there is the huge zero folio alone.
 *
 * Here they come into being, and fault. What walkers do with them: huge-range.ts; splitting: split-huge.ts.
 */
import type { Pte } from '../../arch/contract.js';
import type { HugeCodec } from '../../arch/huge.js';
import { PG } from '../../machine/frame-table.js';
import { type HugeLevel, PMD, PTE, PUD } from '../../mm/level.js';
import { codecOf } from '../../mm/page-table-layout.js';
import { MM_ANONPAGES } from '../../mm/rss.js';
import {
  is_cow_mapping,
  VM_MAYSHARE,
  VM_MIXEDMAP,
  VM_NOHUGEPAGE,
  VM_PFNMAP,
  VM_SHARED,
  VM_WRITE,
} from '../../mm/vm-flags.js';
import { type Vma, vma_is_anonymous } from '../../mm/vma.js';
import { type Kernel, newPte, pte_same } from '../base/kernel.js';
import {
  FAULT_FLAG_UNSHARE,
  FAULT_FLAG_WRITE,
  VM_FAULT_FALLBACK,
  VM_FAULT_NOPAGE,
  VM_FAULT_SIGBUS,
} from '../base/mm-types.js';
import type { Vmf } from '../base/vmf.js';
import { deferred_split_folio } from '../folio/deferred-split.js';
import { folio_add_lru_vma } from '../folio/folio-add-lru.js';
import { anon_vma_prepare, folio_add_new_anon_rmap, folio_move_anon_rmap } from '../folio/rmap.js';
import { track_pfn_insert } from '../pte/memtype.js';
import { is_huge_zero_pfn, is_huge_zero_pmd, vm_pfnmap_normal_page_pfn } from '../pte/normal-page.js';
import type { BugReason } from '../reason/crash.js';
import { mm_get_huge_zero_folio } from './huge-zero.js';
import { add_file_folio, split_huge_pmd, split_huge_pud } from './split-huge.js';
import { anon_orders_allowed } from './thp-orders.js';

/** thp_vma_suitable_order(): the huge page around `vpn` lies in the VMA. */
function suitable(codec: HugeCodec, vma: Vma, vpn: number): boolean {
  const first = vpn - (vpn % codec.pages);
  return first >= vma.vm_start && first + codec.pages <= vma.vm_end;
}

/** Calls vm_ops->huge_fault of the order of a level; VM_FAULT_FALLBACK where there is none. */
export type HugeFault = (k: Kernel, vmf: Vmf, level: HugeLevel) => number;

/** __handle_mm_fault() at the levels above PTEs: VM_FAULT_FALLBACK where handle_pte_fault() goes on. */
export function handle_huge_fault(k: Kernel, vmf: Vmf, huge_fault: HugeFault): number {
  const { vma } = vmf;
  const { pt } = vma.mm;
  const entry = newPte();
  const level = pt.lookup(vmf.address, entry);
  if (level === PTE) {
    const ret = create_huge_pud(k, vmf, huge_fault);
    return (ret & VM_FAULT_FALLBACK) === 0 ? ret : create_huge_pmd(k, vmf, huge_fault);
  }
  const codec = codecOf(k.arch, level) as HugeCodec;
  const first = vmf.address - (vmf.address % codec.pages);
  const write = (vmf.flags & FAULT_FLAG_WRITE) !== 0;
  // taken for a migration entry that has gone meanwhile
  if (level === PMD && !codec.present(entry)) return 0;
  if (level === PUD) {
    if (!write || codec.write(entry)) return huge_set_accessed(k, vma, PUD, first, entry, write);
    const ret = wp_huge(k, vmf, PUD, huge_fault);
    if ((ret & VM_FAULT_FALLBACK) === 0) return ret;
    split_huge_pud(vma, first);
    return create_huge_pmd(k, vmf, huge_fault);
  }
  if ((vmf.flags & (FAULT_FLAG_WRITE | FAULT_FLAG_UNSHARE)) === 0 || codec.write(entry)) {
    return huge_set_accessed(k, vma, PMD, first, entry, write);
  }
  if (vma_is_anonymous(vma)) return do_huge_pmd_wp_page(k, vmf, first, entry);
  const ret = wp_huge(k, vmf, PMD, huge_fault);
  if ((ret & VM_FAULT_FALLBACK) === 0) return ret;
  // wp_huge_pmd(): a file is copied page by page
  split_huge_pmd(k, vma, first);
  return VM_FAULT_FALLBACK;
}

/** huge_pmd_set_accessed(), huge_pud_set_accessed(): touch_pmd() and touch_pud(). */
function huge_set_accessed(
  k: Kernel,
  vma: Vma,
  level: HugeLevel,
  first: number,
  entry: Readonly<Pte>,
  write: boolean,
): number {
  touch_huge(k, vma, level, first, entry, write);
  return 0;
}

/** touch_pmd(), touch_pud(): young, and dirty for a write. */
export function touch_huge(
  k: Kernel,
  vma: Vma,
  level: HugeLevel,
  first: number,
  entry: Readonly<Pte>,
  write: boolean,
): void {
  // pmdp_set_access_flags(): x86 leaves it to the CPU, but for a write
  if (!write && k.arch.facts.ptep_set_access_flags_if_dirty) return;
  const codec = codecOf(k.arch, level) as HugeCodec;
  const touched = { lo: entry.lo, hi: entry.hi };
  codec.mkyoung(touched);
  if (write) codec.mkdirty(touched);
  if (!pte_same(touched, entry)) vma.mm.pt.setHuge(level, first, touched);
}

/** wp_huge_pmd(), wp_huge_pud(): a shared mapping asks the driver; what is private is split. */
function wp_huge(k: Kernel, vmf: Vmf, level: HugeLevel, huge_fault: HugeFault): number {
  const { vma } = vmf;
  if (vma_is_anonymous(vma) || (vma.vm_flags & (VM_SHARED | VM_MAYSHARE)) === 0) return VM_FAULT_FALLBACK;
  return huge_fault(k, vmf, level);
}

/** thp_vma_allowable_order() of a page fault where nothing is mapped, but for anonymous memory. */
function huge_fault_allowed(k: Kernel, vma: Vma): boolean {
  return k.feature.huge_fault_trusted && (vma.vm_flags & VM_NOHUGEPAGE) === 0;
}

/** create_huge_pud(): PUDs are for drivers whose VMA is VM_PFNMAP or VM_MIXEDMAP (vma_is_special_huge). */
function create_huge_pud(k: Kernel, vmf: Vmf, huge_fault: HugeFault): number {
  const { vma } = vmf;
  const codec = k.arch.pud;
  if (codec === undefined || vma_is_anonymous(vma) || !huge_fault_allowed(k, vma)) return VM_FAULT_FALLBACK;
  if ((vma.vm_flags & (VM_PFNMAP | VM_MIXEDMAP)) === 0 || vma.vm_file === null) return VM_FAULT_FALLBACK;
  const first = vmf.address - (vmf.address % codec.pages);
  if (!vma.mm.pt.isEmpty(first, first + codec.pages)) return VM_FAULT_FALLBACK;
  return huge_fault(k, vmf, PUD);
}

/** create_huge_pmd() (mm/memory.c). */
function create_huge_pmd(k: Kernel, vmf: Vmf, huge_fault: HugeFault): number {
  const { vma } = vmf;
  const codec = k.arch.pmd;
  if (codec === undefined || (!k.thp.on && k.machine.huge_zero_pfn < 0)) return VM_FAULT_FALLBACK;
  if (!pmd_none(k, vma, vmf.address)) return VM_FAULT_FALLBACK;
  if (vma_is_anonymous(vma)) return do_huge_pmd_anonymous_page(k, vmf, codec);
  return huge_fault_allowed(k, vma) ? huge_fault(k, vmf, PMD) : VM_FAULT_FALLBACK;
}

/** pmd_none(). Where the allocator has no huge folios, a page table without entries is in nobody's way. */
function pmd_none(k: Kernel, vma: Vma, vpn: number): boolean {
  const { pt } = vma.mm;
  if (k.thp.on) return pt.pmdNone(vpn);
  const { pages } = k.arch.pmd!;
  const first = vpn - (vpn % pages);
  return pt.isEmpty(first, first + pages);
}

/** do_huge_pmd_anonymous_page(): a read of anonymous memory maps the huge zero folio, a write a folio of its own. */
function do_huge_pmd_anonymous_page(k: Kernel, vmf: Vmf, codec: HugeCodec): number {
  const { vma } = vmf;
  if ((vma.vm_flags & VM_SHARED) !== 0) return VM_FAULT_FALLBACK;
  const write = (vmf.flags & FAULT_FLAG_WRITE) !== 0;
  if (!k.thp.on && write) return VM_FAULT_FALLBACK;
  if (k.thp.on && (anon_orders_allowed(k, vma) & codec.pages) === 0) return VM_FAULT_FALLBACK;
  if (!suitable(codec, vma, vmf.address)) return VM_FAULT_FALLBACK;
  const first = vmf.address - (vmf.address % codec.pages);
  anon_vma_prepare(k, vma);
  if (!write && (!k.thp.on || k.thp.state.use_zero_page)) {
    if (!mm_get_huge_zero_folio(k, vma.mm)) {
      k.vmstat.count_vm_event('THP_FAULT_FALLBACK');
      return VM_FAULT_FALLBACK;
    }
    set_huge_zero_folio(k, vma, first, codec);
    return 0;
  }
  const page = alloc_anon_folio_pmd(k);
  if (page < 0) return VM_FAULT_FALLBACK;
  __do_huge_pmd_anonymous_page(k, vma, first, page, codec);
  return 0;
}

/** __do_huge_pmd_anonymous_page(). */
function __do_huge_pmd_anonymous_page(k: Kernel, vma: Vma, first: number, page: number, codec: HugeCodec): void {
  const folio = k.large_folio(page)!;
  k.frames.setFlag(page, PG.uptodate);
  map_anon_folio_pmd(k, vma, first, page, codec);
  deferred_split_folio(k, folio, false);
  k.vmstat.count_vm_event('THP_FAULT_ALLOC');
  k.vmstat.mod_mthp_stat(folio.order, 'anon_fault_alloc');
}

/** map_anon_folio_pmd() (mm/huge_memory.c of 6.13): a new folio is mapped by the PMD that it is as large as. */
export function map_anon_folio_pmd(k: Kernel, vma: Vma, first: number, page: number, codec: HugeCodec): void {
  const entry = newPte();
  codec.pfn_pxd(entry, page, vma.vm_page_prot as Pte);
  codec.mkhuge(entry);
  codec.mkdirty(entry);
  if ((vma.vm_flags & VM_WRITE) !== 0) codec.mkwrite(entry);
  folio_add_new_anon_rmap(k, page, vma, first, true);
  folio_add_lru_vma(k, page, vma);
  vma.mm.pt.setHuge(PMD, first, entry);
  vma.mm.add_mm_counter(MM_ANONPAGES, codec.pages);
}

/**
 * do_huge_pmd_wp_page(): a write, or an unshare, of a read-only PMD of anonymous memory: a folio that is ours alone is
 * used again, anything else is split into PTEs, and copied page by page.
 */
function do_huge_pmd_wp_page(k: Kernel, vmf: Vmf, first: number, entry: Pte): number {
  const codec = k.arch.pmd!;
  const { vma } = vmf;
  const page = codec.pfn(entry);
  const folio = k.large_folio(page);
  if (is_huge_zero_pmd(k, entry)) {
    if (k.feature.huge_zero_wp_allocates && do_huge_zero_wp_pmd(k, vma, first)) return 0;
  } else if (folio !== undefined) {
    const exclusive = k.frames.test(page, PG.anon_exclusive);
    if (exclusive || k.page_count(page) === 1) {
      if (!exclusive) {
        folio_move_anon_rmap(k, page, vma);
        k.frames.setFlag(page, PG.anon_exclusive);
      }
      if ((vmf.flags & FAULT_FLAG_UNSHARE) !== 0) return 0;
      codec.mkyoung(entry);
      codec.mkdirty(entry);
      if ((vma.vm_flags & VM_WRITE) !== 0) codec.mkwrite(entry);
      vma.mm.pt.setHuge(PMD, first, entry);
      return 0;
    }
  }
  split_huge_pmd(k, vma, first);
  return VM_FAULT_FALLBACK;
}

/** do_huge_zero_wp_pmd(): false without a huge page to take the place of the huge zero folio. */
function do_huge_zero_wp_pmd(k: Kernel, vma: Vma, first: number): boolean {
  const codec = k.arch.pmd!;
  const page = alloc_anon_folio_pmd(k);
  if (page < 0) return false;
  __do_huge_pmd_anonymous_page(k, vma, first, page, codec);
  return true;
}

/** vma_alloc_anon_folio_pmd() (mm/huge_memory.c of 6.13): -1 without memory for it. */
function alloc_anon_folio_pmd(k: Kernel): number {
  const order = Math.log2(k.arch.pmd!.pages);
  const page = k.alloc_folio(order);
  if (page < 0 && k.thp.on) {
    k.vmstat.count_vm_event('THP_FAULT_FALLBACK');
    k.vmstat.mod_mthp_stat(order, 'anon_fault_fallback');
  }
  return page;
}

/** set_huge_zero_folio() (mm/huge_memory.c). */
function set_huge_zero_folio(k: Kernel, vma: Vma, first: number, codec: HugeCodec): void {
  const entry = newPte();
  codec.pfn_pxd(entry, k.huge_zero_pfn, vma.vm_page_prot as Pte);
  codec.mkhuge(entry);
  if (k.feature.huge_zero_special) codec.mkspecial(entry);
  vma.mm.pt.setHuge(PMD, first, entry);
}

/** How insert_huge() treats what it maps. */
interface Inserted {
  readonly special: boolean;
  /** It is one folio, which has a reference and a mapping more. */
  readonly counted: boolean;
  /** It is memory of a dev_pagemap. */
  readonly devmap?: true;
}
const BARE: Inserted = { special: true, counted: false };
const DEVMAP: Inserted = { special: false, counted: false, devmap: true };

/**
 * vmf_insert_pfn_pmd(): a driver maps a run of frames, aligned as the huge page is, with one entry. `devmap`: the pfn_t
 * carries PFN_DEV|PFN_MAP.
 */
export function vmf_insert_pfn_pmd(
  k: Kernel,
  vma: Vma,
  vpn: number,
  pfn: number,
  write: boolean,
  devmap = false,
): number {
  return insert_pfn_huge(k, vma, vpn, pfn, write, PMD, 'vmf_insert_pfn_pmd', devmap);
}

/** vmf_insert_pfn_pud(): the same with an entry of the PUD level. */
export function vmf_insert_pfn_pud(
  k: Kernel,
  vma: Vma,
  vpn: number,
  pfn: number,
  write: boolean,
  devmap = false,
): number {
  return insert_pfn_huge(k, vma, vpn, pfn, write, PUD, 'vmf_insert_pfn_pud', devmap);
}

/** What vmf_insert_pfn_pmd() and vmf_insert_pfn_pud() would BUG on, in their order; null when they may be called. */
export function insert_pfn_huge_precondition(k: Kernel, vma: Vma, devmap = false): BugReason | null {
  const both = VM_PFNMAP | VM_MIXEDMAP;
  const { vm_flags } = vma;
  if ((vm_flags & both) === 0 && !devmap) return 'insert_pfn_no_flag';
  if ((vm_flags & both) === both) return 'insert_pfn_both_flags';
  const refusesCow = !k.feature.cow_pfnmap_by_anon;
  if (refusesCow && (vm_flags & VM_PFNMAP) !== 0 && is_cow_mapping(vm_flags)) return 'insert_pfn_cow';
  return null;
}

/** vmf_insert_pfn_pmd(), vmf_insert_pfn_pud() (mm/huge_memory.c). */
function insert_pfn_huge(
  k: Kernel,
  vma: Vma,
  vpn: number,
  pfn: number,
  write: boolean,
  level: HugeLevel,
  where: 'vmf_insert_pfn_pmd' | 'vmf_insert_pfn_pud',
  devmap: boolean,
): number {
  const bug = insert_pfn_huge_precondition(k, vma, devmap);
  if (bug !== null) k.BUG(bug, where);
  return insert_huge(k, vma, vpn, pfn, write, level, devmap ? DEVMAP : BARE);
}

/**
 * vmf_insert_folio_pmd(): a driver maps a folio of its own, of PMD_ORDER and with `pfn` as its first page, and the
 * folio is counted: one reference and one mapping of the whole, and all its pages in MM_FILEPAGES.
 */
export function vmf_insert_folio_pmd(k: Kernel, vma: Vma, vpn: number, pfn: number, write: boolean): number {
  if (!k.feature.insert_folio_pmd) return k.fails('insert_folio_no_call', VM_FAULT_FALLBACK);
  if (!k.machine.pfn_valid(pfn)) return k.fails('insert_folio_no_struct_page', VM_FAULT_FALLBACK);
  const zero = k.feature.huge_zero_special && is_huge_zero_pfn(k, pfn);
  const special = zero || !k.feature.insert_folio_not_special;
  return insert_huge(k, vma, vpn, pfn, write, PMD, { special, counted: !zero });
}

/**
 * insert_pmd(), insert_pud() (mm/huge_memory.c), which up to 6.17 were insert_pfn_pmd() and insert_pfn_pud(), with the
 * folio counted before.
 */
function insert_huge(
  k: Kernel,
  vma: Vma,
  vpn: number,
  pfn: number,
  write: boolean,
  level: HugeLevel,
  as: Inserted,
): number {
  const codec = codecOf(k.arch, level) as HugeCodec | undefined;
  if (codec === undefined) return k.fails('insert_huge_no_level', VM_FAULT_FALLBACK);
  if (vpn < vma.vm_start || vpn >= vma.vm_end) return k.fails('insert_huge_outside', VM_FAULT_SIGBUS);
  if (!as.counted && (vma.vm_flags & VM_PFNMAP) !== 0 && vm_pfnmap_normal_page_pfn(k, vma, pfn)) {
    return k.fails('insert_pfn_anon', VM_FAULT_SIGBUS);
  }
  // the driver's own test before it calls: size and both alignments
  if (!suitable(codec, vma, vpn)) return k.fails('insert_huge_beyond', VM_FAULT_FALLBACK);
  if (pfn % codec.pages !== 0) return k.fails('insert_huge_unaligned', VM_FAULT_FALLBACK);
  const first = vpn - (vpn % codec.pages);
  const { pt } = vma.mm;
  const entry = newPte();
  if (pt.getHuge(level, first, entry)) {
    if (write) reinsert(k, vma, level, first, entry, pfn);
    return VM_FAULT_NOPAGE;
  }
  const none = level === PMD ? pmd_none(k, vma, vpn) : pt.isEmpty(first, first + codec.pages);
  if (!none) {
    // a page table is there: not none, and its pfn is another
    if (write) k.warn_once(level === PMD ? 'insert_pfn_pmd_mismatch' : 'insert_pfn_pud_mismatch');
    return VM_FAULT_NOPAGE;
  }
  codec.pfn_pxd(entry, pfn, track_pfn_insert(k, vma.vm_page_prot, pfn) as Pte);
  codec.mkhuge(entry);
  if (as.special) codec.mkspecial(entry);
  if (as.devmap) codec.mkdevmap(entry);
  if (as.counted) add_file_folio(k, vma, pfn, codec.pages);
  if (write) mkwritten(codec, entry, vma);
  pt.setHuge(level, first, entry);
  return VM_FAULT_NOPAGE;
}

/** insert_pfn_pmd(), insert_pfn_pud() for a write fault where there is an entry already. */
function reinsert(k: Kernel, vma: Vma, level: HugeLevel, first: number, entry: Pte, pfn: number): void {
  const codec = codecOf(k.arch, level) as HugeCodec;
  if (codec.pfn(entry) !== pfn) {
    if (level === PUD) k.warn_once('insert_pfn_pud_mismatch');
    else if (!is_huge_zero_pfn(k, codec.pfn(entry))) k.warn_once('insert_pfn_pmd_mismatch');
    return;
  }
  const before = { lo: entry.lo, hi: entry.hi };
  mkwritten(codec, entry, vma);
  if (!pte_same(before, entry)) vma.mm.pt.setHuge(level, first, entry);
}

/** maybe_pmd_mkwrite() (mm/huge_memory.c) of an entry that becomes young and dirty: writable if the VMA is. */
function mkwritten(codec: HugeCodec, entry: Pte, vma: Vma): void {
  codec.mkyoung(entry);
  codec.mkdirty(entry);
  if ((vma.vm_flags & VM_WRITE) !== 0) codec.mkwrite(entry);
}
