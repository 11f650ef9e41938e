// SPDX-License-Identifier: GPL-2.0-or-later
/** What mremap() moves one VMA with (mm/mremap.c: move_vma and below; copy_vma in mm/vma.c). */
import { type HugeLevel, PMD, PUD } from '../../mm/level.js';
import { VM_ACCOUNT, VM_LOCKED, VM_LOCKED_MASK, VM_PFNMAP } from '../../mm/vm-flags.js';
import type { Mm } from '../../mm/vma.js';
import { type Vma, vma_is_anonymous } from '../../mm/vma.js';
import { vmg_vma_state } from '../../mm/vma-merge-struct.js';
import { type Kernel, newPte } from '../base/kernel.js';
import { anon_vma_clone, unlink_anon_vmas } from '../folio/rmap.js';
import { move_huge } from '../huge/huge-range.js';
import { is_vm_hugetlb_page } from '../hugetlb/hstate.js';
import { move_hugetlb_page_tables } from '../hugetlb/range.js';
import { clear_vma_resv_huge_pages, hugetlb_vm_op_open } from '../hugetlb/reservation.js';
import { untrack_pfn_clear, vma_pfnmap_track_ctx_dup } from '../pte/pat.js';
import { set_pte_at } from '../pte/set-pte.js';
import { may_split, split_vma, vma_merge_new_range } from '../vma/vma-merge.js';
import { move_tables } from './move-tables.js';
import { do_munmap } from './munmap.js';

export const MREMAP_MAYMOVE = 1;
export const MREMAP_FIXED = 2;
export const MREMAP_DONTUNMAP = 4;

/** vma_expandable(): is the space behind the VMA free? */
export function vma_expandable(k: Kernel, vma: Vma, delta: number): boolean {
  const end = vma.vm_end + delta;
  if (end > k.arch.task_pages) return false;
  const next = vma.mm.find_vma(vma.vm_end);
  return next === undefined || next.vm_start >= end;
}

/** move_vma(). */
export function move_vma(
  k: Kernel,
  source: Vma,
  old_addr: number,
  old_len: number,
  new_len: number,
  new_addr: number,
  flags: number,
): number {
  let vma = source;
  const { mm } = vma;
  const { vm_flags } = vma;
  const dontunmap = (flags & MREMAP_DONTUNMAP) !== 0;
  const refused = may_split(k, vma, old_addr, old_addr + old_len);
  if (refused !== 0) return refused;
  if (dontunmap && (vm_flags & VM_LOCKED) !== 0 && k.feature.dontunmap_splits) {
    if (vma.vm_start !== old_addr) split_vma(k, vma, old_addr, true);
    if (vma.vm_end !== old_addr + old_len) split_vma(k, vma, old_addr + old_len, false);
  }
  const copied = copy_vma(k, vma, old_addr, new_addr, new_len, dontunmap && k.feature.dontunmap_splits);
  vma = copied.source;
  if (is_vm_hugetlb_page(vma)) {
    move_hugetlb_page_tables(k, vma, old_addr, new_addr, old_len);
    clear_vma_resv_huge_pages(k, vma);
  } else if (k.thp.on) move_tables(k, vma, copied.fresh, old_addr, new_addr, old_len);
  else move_page_tables(k, mm, old_addr, new_addr, old_len);

  let account_start = false;
  let account_end = false;
  if ((vm_flags & VM_ACCOUNT) !== 0 && !dontunmap) {
    k.setFlags(vma, vma.vm_flags & ~VM_ACCOUNT, 'flags_mremap_unaccount');
    account_start = vma.vm_start < old_addr;
    account_end = vma.vm_end > old_addr + old_len;
  }
  if ((vma.vm_flags & VM_PFNMAP) !== 0) untrack_pfn_clear(k, vma);

  if (dontunmap) {
    dontunmap_complete(k, vma, copied.fresh, old_addr, old_len);
    return new_addr;
  }
  do_munmap(k, mm, old_addr, old_len);
  if ((vm_flags & VM_LOCKED) !== 0) mm.locked_vm += new_len;
  if (account_start) account_rest(k, mm.vma_before(old_addr)!);
  if (account_end) account_rest(k, mm.find_vma(old_addr + old_len)!);
  return new_addr;
}

/** move_vma(): what is left beside the range that moved is charged again. */
function account_rest(k: Kernel, vma: Vma): void {
  k.setFlags(vma, vma.vm_flags | VM_ACCOUNT, 'flags_mremap_account');
}

/**
 * dontunmap_complete(): the old VMA stays, empty and unlocked. Kernels without `dontunmap_splits` may have
 * merged it with the new one, and leave its vm_pgoff as it was.
 */
function dontunmap_complete(k: Kernel, vma: Vma, fresh: Vma, old_addr: number, old_len: number): void {
  const splits = k.feature.dontunmap_splits;
  if (!splits && (vma.vm_flags & VM_LOCKED) !== 0) vma.mm.locked_vm += old_len;
  k.setFlags(vma, vma.vm_flags & ~VM_LOCKED_MASK, 'flags_dontunmap');
  if (fresh === vma || vma.vm_start !== old_addr || vma.vm_end !== old_addr + old_len) return;
  unlink_anon_vmas(k, vma);
  vma.anon_pgoff = vma.vm_start;
  if (splits && vma_is_anonymous(vma) && vma.vm_file === null) vma.vm_pgoff = vma.vm_start;
}

/** copy_vma() (mm/vma.c): a VMA at the new place, merged with a neighbour where possible. */
function copy_vma(
  k: Kernel,
  vma: Vma,
  from: number,
  addr: number,
  len: number,
  keep_source: boolean,
): { fresh: Vma; source: Vma } {
  const { mm, vm_start } = vma;
  let pgoff = vma.vm_pgoff + (from - vma.vm_start);
  // counted anew from its new place while there is nothing to count
  const anon_pgoff = vma.anon_vma === null ? addr : vma.anon_pgoff + (from - vma.vm_start);
  let faulted_in = true;
  if (vma_is_anonymous(vma) && vma.anon_vma === null) {
    pgoff = addr;
    faulted_in = false;
  }
  const vmg = vmg_vma_state(mm.vma_before(addr), vma, addr, addr + len);
  vmg.vma = undefined;
  vmg.pgoff = pgoff;
  vmg.anon_pgoff = anon_pgoff;
  vmg.next = mm.find_vma(addr);
  if (k.feature.merge_unfaulted_anon) vmg.copied_from = vma;
  if (!faulted_in && keep_source) {
    if (vmg.prev === vma) vmg.prev = undefined;
    if (vmg.next === vma) vmg.next = undefined;
  }
  const merged = vma_merge_new_range(k, vmg);
  if (merged !== undefined) {
    const swallowed = vm_start >= merged.vm_start && vm_start < merged.vm_end;
    return { fresh: merged, source: swallowed ? merged : vma };
  }
  const fresh = k.newVma(mm);
  fresh.copyFrom(vma);
  vma_pfnmap_track_ctx_dup(k, fresh);
  if (fresh.hugetlb !== null) hugetlb_vm_op_open(k, fresh);
  fresh.vm_start = addr;
  fresh.vm_end = addr + len;
  fresh.vm_pgoff = pgoff;
  fresh.anon_pgoff = anon_pgoff;
  anon_vma_clone(fresh, vma);
  fresh.link();
  fresh.vm_file?.insert(fresh);
  return { fresh, source: vma };
}

/** move_page_tables(): PMD by PMD, a huge one as a whole where it can be. */
function move_page_tables(k: Kernel, mm: Mm, old_addr: number, new_addr: number, len: number): void {
  const { pt } = mm;
  const pteval = newPte();
  const end = old_addr + len;
  const delta = new_addr - old_addr;
  const huge =
    (level: HugeLevel) =>
    (first: number): boolean =>
      move_huge(k, mm.vma_lookup(old_addr) as Vma, level, first, old_addr, end, delta);
  pt.walk(old_addr, end, pteval, {
    pte: (vpn) => {
      pt.clear(vpn);
      set_pte_at(k, pt, vpn + delta, pteval);
    },
    pmd: huge(PMD),
    pud: huge(PUD),
  });
}
