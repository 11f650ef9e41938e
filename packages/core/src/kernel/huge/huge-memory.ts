// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Entries of the PMD level that map a huge page themselves (mm/huge_memory.c): the huge zero folio under
 * anonymous memory, and huge pfn mappings of drivers. Anonymous memory is never huge otherwise: the
 * allocator of the model has no huge folios, as on a machine whose memory is fragmented. What walks
 * PTEs finds the entry split, also where a kernel could go on with it (mprotect, mremap, madvise, GUP
 * that is not lockless).
 */

import type { Pte } from '../../arch/contract.js';
import type { HugeCodec } from '../../arch/huge.js';
import { F } from '../../machine/frame-table.js';
import { NO_HUGE } from '../../mm/huge-entries.js';
import { MM_FILEPAGES } from '../../mm/rss.js';
import { is_cow_mapping, VM_MIXEDMAP, VM_PFNMAP, VM_SHARED } from '../../mm/vm-flags.js';
import type { Mm } from '../../mm/vma.js';
import { type Vma, vma_is_anonymous } from '../../mm/vma.js';
import { type Kernel, newPte } from '../base/kernel.js';
import { FAULT_FLAG_WRITE, VM_FAULT_FALLBACK, VM_FAULT_NOPAGE, VM_FAULT_SIGBUS } from '../base/mm-types.js';
import type { Vmf } from '../base/vmf.js';
import { anon_vma_prepare } from '../folio/rmap.js';
import { print_bad_pmd } from '../pte/normal-page.js';

const entry: Pte = newPte();
const small: Pte = newPte();

/** First page of the huge page around `vpn`. */
export function huge_start(codec: HugeCodec, vpn: number): number {
  return vpn - (vpn % codec.pages);
}

/** The entry that maps `vpn`, or undefined. */
export function huge_entry(k: Kernel, mm: Mm, vpn: number): Readonly<Pte> | undefined {
  if (mm.huge === NO_HUGE || k.arch.pmd === undefined) return undefined;
  return mm.huge[huge_start(k.arch.pmd, vpn)];
}

/** set_pmd_at(), pmd_clear(): undefined takes the entry away. */
function set_pmd(mm: Mm, start: number, p: Readonly<Pte> | undefined): void {
  const before = mm.huge[start];
  mm.pt.touched?.pte(mm.id, start, before?.lo ?? 0, before?.hi ?? 0);
  const { [start]: _, ...others } = mm.huge;
  if (p !== undefined) mm.huge = { ...others, [start]: { lo: p.lo, hi: p.hi } };
  else mm.huge = Object.keys(others).length === 0 ? NO_HUGE : others;
  mm.dirty = true;
}

/** is_huge_zero_pmd(). */
function is_huge_zero_pfn(k: Kernel, pfn: number): boolean {
  return pfn === k.machine.huge_zero_pfn;
}

/** thp_vma_suitable_order(): the huge page around `vpn` lies in the VMA. */
function suitable(codec: HugeCodec, vma: Vma, vpn: number): boolean {
  const start = huge_start(codec, vpn);
  return start >= vma.vm_start && start + codec.pages <= vma.vm_end;
}

/** create_huge_pmd() and do_huge_pmd_anonymous_page(): a read of anonymous memory maps the huge zero folio. */
export function create_huge_pmd(k: Kernel, vmf: Vmf): number {
  const { vma } = vmf;
  const codec = k.arch.pmd;
  if (codec === undefined || k.machine.huge_zero_pfn < 0) return VM_FAULT_FALLBACK;
  if (!vma_is_anonymous(vma) || (vma.vm_flags & VM_SHARED) !== 0) return VM_FAULT_FALLBACK;
  if ((vmf.flags & FAULT_FLAG_WRITE) !== 0 || !suitable(codec, vma, vmf.address)) return VM_FAULT_FALLBACK;
  const start = huge_start(codec, vmf.address);
  // pmd_none(): a page table without entries is in nobody's way, for the model does not see it
  if (!vma.mm.pt.isEmpty(start, start + codec.pages)) return VM_FAULT_FALLBACK;
  anon_vma_prepare(k, vma);
  set_huge_zero_folio(k, vma, start, codec);
  return 0;
}

function set_huge_zero_folio(k: Kernel, vma: Vma, start: number, codec: HugeCodec): void {
  codec.pfn_pxd(entry, k.machine.huge_zero_pfn, codec.protection_map[vma.vm_flags & 15] as Pte);
  codec.mkhuge(entry);
  if (k.feature.huge_zero_special) codec.mkspecial(entry);
  set_pmd(vma.mm, start, entry);
}

/** vmf_insert_pfn_pmd(): a driver maps a run of frames, aligned as the huge page is, with one entry. */
export function vmf_insert_pfn_pmd(k: Kernel, vma: Vma, vpn: number, pfn: number, write: boolean): number {
  const codec = k.arch.pmd;
  if ((vma.vm_flags & (VM_PFNMAP | VM_MIXEDMAP)) === 0) k.BUG('neither PFNMAP nor MIXEDMAP', 'vmf_insert_pfn_pmd');
  if ((vma.vm_flags & VM_PFNMAP) !== 0 && is_cow_mapping(vma.vm_flags)) k.BUG('PFNMAP is COW', 'vmf_insert_pfn_pmd');
  if (codec === undefined) return VM_FAULT_FALLBACK;
  if (vpn < vma.vm_start || vpn >= vma.vm_end) return VM_FAULT_SIGBUS;
  // the driver's own test before it calls: size and both alignments
  if (!suitable(codec, vma, vpn) || pfn % codec.pages !== 0) return VM_FAULT_FALLBACK;
  const start = huge_start(codec, vpn);
  if (vma.mm.huge[start] !== undefined || !vma.mm.pt.isEmpty(start, start + codec.pages)) return VM_FAULT_NOPAGE;
  codec.pfn_pxd(entry, pfn, codec.protection_map[vma.vm_flags & 15] as Pte);
  codec.mkhuge(entry);
  codec.mkspecial(entry);
  if (write) {
    codec.mkyoung(entry);
    codec.mkdirty(entry);
    codec.mkwrite(entry);
  }
  set_pmd(vma.mm, start, entry);
  return VM_FAULT_NOPAGE;
}

/** The ways through vm_normal_page_pmd(). */
export type PmdDecision = 'normal' | 'special_vma' | 'special_zero' | 'zero' | 'linear' | 'no_page' | 'bad';

/**
 * vm_normal_page_pmd() (mm/memory.c), without side effects. Until 6.17 a function of its own, which
 * always knows the huge zero folio; from 6.18 the code of vm_normal_page(), which asks whether the
 * architecture has a special bit in PTEs, and only with a fix whether it has one in PMDs.
 */
export function decide_pmd(k: Kernel, vma: Vma, vpn: number, p: Readonly<Pte>): PmdDecision {
  const codec = k.arch.pmd!;
  const pfn = codec.pfn(p as Pte);
  const special = codec.special(p as Pte);
  const { vm_flags } = vma;
  const raw = (): PmdDecision | undefined => {
    if ((vm_flags & (VM_PFNMAP | VM_MIXEDMAP)) === 0) return undefined;
    if ((vm_flags & VM_MIXEDMAP) !== 0) return k.machine.pfn_valid(pfn) ? undefined : 'no_page';
    if (pfn === vma.vm_pgoff + (vpn - vma.vm_start) || !is_cow_mapping(vm_flags)) return 'linear';
    return undefined;
  };
  if (!k.feature.vm_normal_page_levels) {
    if (special) return 'special_vma';
    const early = raw();
    if (early !== undefined) return early;
    if (is_huge_zero_pfn(k, pfn)) return 'zero';
    return pfn > k.machine.highest_memmap_pfn ? 'no_page' : 'normal';
  }
  const bit = k.feature.pmd_special_capability ? k.arch.special.pmd : k.hasPteSpecial;
  if (bit) {
    if (special) {
      if ((vm_flags & (VM_PFNMAP | VM_MIXEDMAP)) !== 0) return 'special_vma';
      return is_huge_zero_pfn(k, pfn) ? 'special_zero' : 'bad';
    }
  } else {
    const early = raw();
    if (early !== undefined) return early;
    if (is_huge_zero_pfn(k, pfn)) return 'zero';
  }
  return pfn > k.machine.highest_memmap_pfn ? 'bad' : 'normal';
}

/** vm_normal_page_pmd(): the pfn, or -1; warns and reports as the kernel does. */
function vm_normal_page_pmd(k: Kernel, vma: Vma, vpn: number, p: Readonly<Pte>): number {
  const decision = decide_pmd(k, vma, vpn, p);
  if (decision === 'bad') print_bad_pmd(k, vma, vpn, p);
  if (decision !== 'normal') return -1;
  const pfn = k.arch.pmd!.pfn(p as Pte);
  if (k.feature.vm_normal_page_levels && is_huge_zero_pfn(k, pfn)) k.warn_once('vm_normal_page_huge_zero');
  return pfn;
}

/** Huge entries in `[start, end)`, by their first page. */
function entries(k: Kernel, mm: Mm, start: number, end: number): { at: number; p: Readonly<Pte> }[] {
  const codec = k.arch.pmd!;
  return Object.keys(mm.huge)
    .map(Number)
    .filter((at) => at < end && at + codec.pages > start)
    .sort((a, b) => a - b)
    .map((at) => ({ at, p: mm.huge[at]! }));
}

/** zap_huge_pmd() for what lies in the range as a whole; the rest is split. */
export function zap_huge_pmds(k: Kernel, vma: Vma, start: number, end: number): void {
  if (vma.mm.huge === NO_HUGE) return;
  const codec = k.arch.pmd!;
  for (const { at, p } of entries(k, vma.mm, start, end)) {
    if (at < start || at + codec.pages > end) split_huge_pmd(k, vma, at, p);
    else zap_huge_pmd(k, vma, at, p, codec);
  }
}

function zap_huge_pmd(k: Kernel, vma: Vma, at: number, p: Readonly<Pte>, codec: HugeCodec): void {
  set_pmd(vma.mm, at, undefined);
  const pfn = codec.pfn(p as Pte);
  let page: number;
  if (k.feature.zap_huge_normal_folio) {
    page = vm_normal_page_pmd(k, vma, at, p);
  } else {
    // vma_is_special_huge(), is_huge_zero_pmd(): everything else is a folio
    const special = vma.vm_file !== null && (vma.vm_flags & (VM_PFNMAP | VM_MIXEDMAP)) !== 0;
    page = special || is_huge_zero_pfn(k, pfn) ? -1 : pfn;
  }
  if (page < 0) return;
  // folio_remove_rmap_pmd(), add_mm_counter(), tlb_remove_page_size(): the folio is not anonymous
  k.frames.add(page, F.mapcount, -1);
  vma.mm.rss[MM_FILEPAGES]! -= codec.pages;
  k.put_page(page);
}

/** __split_huge_pmd(): the huge zero folio becomes small zero pages; a mapping of frames is unmapped. */
function split_huge_pmd(k: Kernel, vma: Vma, at: number, p: Readonly<Pte>): void {
  const codec = k.arch.pmd!;
  set_pmd(vma.mm, at, undefined);
  if (!is_huge_zero_pfn(k, codec.pfn(p as Pte))) return;
  for (let i = 0; i < codec.pages; i++) {
    k.pte.pfn_pte(small, k.machine.zeroPage(at + i), vma.vm_page_prot as Pte);
    k.pte.mkspecial(small);
    vma.mm.pt.set(at + i, small);
  }
}

/** Splits what a walk of PTEs in `[start, end)` of the VMA would meet. */
export function split_huge_pmds(k: Kernel, vma: Vma, start: number, end: number): void {
  if (vma.mm.huge === NO_HUGE) return;
  for (const { at, p } of entries(k, vma.mm, start, end)) split_huge_pmd(k, vma, at, p);
}

/** The same for the huge entry around one page. */
export function split_huge_pmd_address(k: Kernel, mm: Mm, vpn: number): void {
  const vma = mm.huge === NO_HUGE ? undefined : mm.vma_lookup(vpn);
  if (vma !== undefined) split_huge_pmds(k, vma, vpn, vpn + 1);
}

/** copy_huge_pmd(): the huge zero folio is copied read-only, a mapping of frames as it is. */
export function copy_huge_pmds(k: Kernel, dst: Vma, src: Vma): void {
  if (src.mm.huge === NO_HUGE) return;
  const codec = k.arch.pmd!;
  for (const { at, p } of entries(k, src.mm, src.vm_start, src.vm_end)) {
    const copy: Pte = { lo: p.lo, hi: p.hi };
    if (is_huge_zero_pfn(k, codec.pfn(copy))) {
      codec.wrprotect(copy);
      set_pmd(src.mm, at, copy);
      codec.mkold(copy);
    }
    set_pmd(dst.mm, at, copy);
  }
}

/**
 * The CPU reads or writes through a huge entry: the pfn that it reaches, or -1 where it faults. The
 * entry becomes young, and dirty by a write, whoever records that.
 */
export function access_huge(k: Kernel, mm: Mm, vpn: number, write: boolean): number {
  const p = huge_entry(k, mm, vpn);
  if (p === undefined) return -1;
  const codec = k.arch.pmd!;
  if (write && !codec.write(p as Pte)) return -1;
  const at = huge_start(codec, vpn);
  const touched: Pte = { lo: p.lo, hi: p.hi };
  codec.mkyoung(touched);
  if (write) codec.mkdirty(touched);
  if (touched.lo !== p.lo || touched.hi !== p.hi) set_pmd(mm, at, touched);
  return codec.pfn(touched) + (vpn - at);
}

/** gup_fast_pmd_leaf(): the page that a lockless walk would take, -1 where it gives up. */
export function gup_fast_pmd_leaf(k: Kernel, p: Readonly<Pte>, vpn: number, write: boolean): number {
  const codec = k.arch.pmd!;
  if (!codec.present(p as Pte) || (write && !codec.write(p as Pte))) return -1;
  // without a special bit of this level it looks like any transparent huge page
  if (codec.special(p as Pte)) return -1;
  const page = codec.pfn(p as Pte) + (vpn % codec.pages);
  if (!k.machine.pfn_valid(page)) k.oops(`struct page of pfn ${page.toString(16)}`, 'gup_fast_pmd_leaf');
  return page;
}
