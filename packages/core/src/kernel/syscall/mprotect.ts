// SPDX-License-Identifier: GPL-2.0-or-later
/** mprotect() (mm/mprotect.c). */
import type { Pte } from '../../arch/contract.js';
import { PfnSteps } from '../../arch/ptep.js';
import { PG } from '../../machine/frame-table.js';
import {
  VM_ACCESS_FLAGS,
  VM_ACCOUNT,
  VM_HUGETLB,
  VM_LOCKED,
  VM_NORESERVE,
  VM_READ,
  VM_SHARED,
  VM_WRITE,
} from '../../mm/vm-flags.js';
import type { Mm } from '../../mm/vma.js';
import { type Vma, vma_is_anonymous, vma_is_sealed } from '../../mm/vma.js';
import { EACCES, ENOMEM, EPERM } from '../base/errno.js';
import { copyPte, type Kernel, newPte } from '../base/kernel.js';
import { rewritten } from '../base/rewritten.js';
import { populate_vma_page_range } from '../gup/populate.js';
import { change_huge_pmd, change_huge_pud } from '../huge/huge-range.js';
import { is_vm_hugetlb_page } from '../hugetlb/hstate.js';
import { hugetlb_change_protection } from '../hugetlb/range.js';
import { FPB_IGNORE_DIRTY, FPB_RESPECT_WRITE, folio_pte_batch } from '../pte/folio-batch.js';
import { vm_normal_page } from '../pte/normal-page.js';
import { vm_ops_needs_writenotify, vma_set_page_prot } from '../pte/page-prot.js';
import { can_change_pte_writable, can_change_shared_pte_writable } from '../pte/pte-writable.js';
import { set_pte_at } from '../pte/set-pte.js';
import { may_split, vma_modify_flags } from '../vma/vma-merge.js';

/** do_mprotect_pkey(): `prot` as PROT_READ 1, PROT_WRITE 2, PROT_EXEC 4. 0 or a negative errno. */
export function do_mprotect(k: Kernel, mm: Mm, start: number, pages: number, prot: number): number {
  if (pages === 0) return 0;
  const end = start + pages;
  let vma: Vma | undefined = mm.find_vma(start);
  if (vma === undefined || vma.vm_start > start) return k.fails('mprotect_unmapped', -ENOMEM);
  let prev: Vma | undefined = mm.vma_before(start);
  if (start > vma.vm_start) prev = vma;
  let nstart = start;
  let tmp = vma.vm_start;
  while (vma !== undefined && vma.vm_start < end) {
    if (vma.vm_start !== tmp) return k.fails('mprotect_hole', -ENOMEM);
    const newflags = calc_vm_prot_bits(k, prot) | (vma.vm_flags & ~VM_ACCESS_FLAGS);
    // what was not allowed at mmap time stays forbidden: VM_MAY* lie four bits above
    if ((newflags & ~(newflags >> 4) & VM_ACCESS_FLAGS) !== 0) return k.fails('mprotect_may', -EACCES);
    tmp = Math.min(vma.vm_end, end);
    // mprotect_fixup()
    if (vma_is_sealed(vma)) return k.fails('mprotect_sealed', -EPERM);
    const refused = newflags === vma.vm_flags ? 0 : may_split(k, vma, nstart, tmp);
    if (refused !== 0) return refused;
    prev = mprotect_fixup(k, vma, prev, nstart, tmp, newflags);
    tmp = prev.vm_end;
    nstart = tmp;
    vma = mm.find_vma(tmp);
  }
  return tmp < end ? k.fails('mprotect_hole', -ENOMEM) : 0;
}

/** calc_vm_prot_bits() (include/linux/mman.h): PROT_* are VM_READ, VM_WRITE and VM_EXEC. */
export function calc_vm_prot_bits(k: Kernel, prot: number): number {
  const bits = prot & VM_ACCESS_FLAGS;
  return (bits & VM_WRITE) !== 0 && k.arch.facts.PROT_WRITE_gives_VM_READ ? bits | VM_READ : bits;
}

/** mprotect_fixup(): returns the VMA that covers the range now. */
function mprotect_fixup(k: Kernel, vma: Vma, prev: Vma | undefined, start: number, end: number, flags: number): Vma {
  const oldflags = vma.vm_flags;
  let newflags = flags;
  if (newflags === oldflags) return vma;
  if ((newflags & VM_WRITE) !== 0) {
    if ((oldflags & (VM_ACCOUNT | VM_WRITE | VM_HUGETLB | VM_SHARED | VM_NORESERVE)) === 0) newflags |= VM_ACCOUNT;
  } else if (
    k.feature.mprotect_unaccounts &&
    (oldflags & VM_ACCOUNT) !== 0 &&
    vma_is_anonymous(vma) &&
    vma.anon_vma === null
  ) {
    newflags &= ~VM_ACCOUNT;
  }
  k.flagsChanged(vma.mm, start, end, oldflags, flags, 'flags_mprotect');
  const account = (newflags & VM_ACCOUNT) !== 0 ? 'flags_mprotect_account' : 'flags_mprotect_unaccount';
  k.flagsChanged(vma.mm, start, end, flags, newflags, account);
  const target = vma_modify_flags(k, prev, vma, start, end, newflags);
  target.vm_flags = newflags;
  vma_set_page_prot(k, target);
  if (is_vm_hugetlb_page(target)) hugetlb_change_protection(k, target, start, end);
  else change_protection(k, target, start, end, vma_wants_manual_pte_write_upgrade(target));
  if ((oldflags & (VM_WRITE | VM_SHARED | VM_LOCKED)) === VM_LOCKED && (newflags & VM_WRITE) !== 0) {
    populate_vma_page_range(k, target, start, end);
  }
  return target;
}

/** vma_wants_manual_pte_write_upgrade() (mm/vma.h). */
function vma_wants_manual_pte_write_upgrade(vma: Vma): boolean {
  if ((vma.vm_flags & VM_SHARED) !== 0) return (vma.vm_flags & VM_WRITE) !== 0 && vm_ops_needs_writenotify(vma);
  return (vma.vm_flags & VM_WRITE) !== 0;
}

/** change_pud_range(), change_pmd_range() and change_pte_range(). */
function change_protection(k: Kernel, vma: Vma, start: number, end: number, tryWritable: boolean): void {
  const ptent = newPte();
  /** Of a batch of one large folio: where the next begins. */
  let next = 0;
  vma.mm.pt.walk(start, end, ptent, {
    pte: (vpn) => {
      if (vpn < next || !k.pte.present(ptent)) return;
      if (k.thp.on && k.feature.mprotect_batches) {
        const nr = change_folio_ptes(k, vma, vpn, end, ptent, tryWritable);
        next = vpn + nr;
        if (nr > 0) return;
      }
      change_present_pte(k, vma, vpn, ptent, tryWritable);
      set_pte_at(k, vma.mm.pt, vpn, ptent);
    },
    pmd: (first) => change_huge_pmd(k, vma, first, start, end, tryWritable),
    pud: (first) => change_huge_pud(k, vma, first, start, end),
  });
}

/**
 * change_present_ptes() (mm/mprotect.c of 6.17) of PTEs that map neighbouring pages of a large folio: how many; 0 where
 * there is but one. What one of them knows of accesses and writes all of them know then; pages that may become
 * writable without a fault do so in runs.
 */
function change_folio_ptes(k: Kernel, vma: Vma, vpn: number, end: number, p: Pte, tryWritable: boolean): number {
  const { pt } = vma.mm;
  const page = k.pte.special(p) ? -1 : k.pte.pfn(p);
  const folio = page < 0 || !k.machine.pfn_valid(page) ? undefined : k.large_folio(page);
  if (folio === undefined) return 0;
  const { nr, young, dirty } = folio_pte_batch(k, pt, folio, page, vpn, p, end, FPB_IGNORE_DIRTY | FPB_RESPECT_WRITE);
  if (nr === 1) return 0;
  // modify_prot_start_ptes()
  if (young) k.pte.mkyoung(p);
  if (dirty) k.pte.mkdirty(p);
  pt.clear_full_ptes(vpn, nr);
  k.pte.modify(p, vma.vm_page_prot as Pte);
  const anon = k.test_anon(page);
  const asks = tryWritable && !k.pte.write(p) && !k.pte.protnone(p);
  if (!asks || ((vma.vm_flags & VM_SHARED) === 0 && !anon)) {
    pt.set_ptes(vpn, p, nr);
  } else if ((vma.vm_flags & VM_SHARED) !== 0) {
    if (can_change_shared_pte_writable(k, p)) k.pte.mkwrite(p);
    pt.set_ptes(vpn, p, nr);
  } else {
    commit_anon_folio_batch(k, vma, page, vpn, p, nr);
  }
  return nr;
}

/** commit_anon_folio_batch() (mm/mprotect.c of 6.17): runs of exclusive pages become writable. */
function commit_anon_folio_batch(k: Kernel, vma: Vma, page: number, vpn: number, p: Readonly<Pte>, nr: number): void {
  const entry = newPte();
  const steps = new PfnSteps(k.pte);
  for (let from = 0; from < nr; ) {
    const exclusive = k.frames.test(page + from, PG.anon_exclusive);
    let to = from + 1;
    while (to < nr && k.frames.test(page + to, PG.anon_exclusive) === exclusive) to++;
    copyPte(entry, p);
    steps.advance(entry, page, from);
    if (exclusive) k.pte.mkwrite(entry);
    vma.mm.pt.set_ptes(vpn + from, entry, to - from);
    from = to;
  }
}

/** What change_pte_range() makes of a present PTE. */
const change_present_pte = rewritten('mprotect_batches', {
  before: change_one_pte,
  since: change_batched_pte,
});

/** change_pte_range() (mm/mprotect.c): a present entry. */
function change_one_pte(k: Kernel, vma: Vma, vpn: number, ptent: Pte, tryWritable: boolean): void {
  k.pte.modify(ptent, vma.vm_page_prot as Pte);
  if (tryWritable && !k.pte.write(ptent) && can_change_pte_writable(k, vma, vpn, ptent)) k.pte.mkwrite(ptent);
}

/**
 * change_present_ptes() (mm/mprotect.c of 6.18): the page is looked up first, whether or not anybody wants to know
 * it.
 */
function change_batched_pte(k: Kernel, vma: Vma, vpn: number, ptent: Pte, tryWritable: boolean): void {
  const page = vm_normal_page(k, vma, vpn, ptent);
  if (page >= 0 && !k.machine.pfn_valid(page)) k.oops('oops_change_pte_range', page);
  k.pte.modify(ptent, vma.vm_page_prot as Pte);
  if (tryWritable && !k.pte.write(ptent) && set_write_prot(k, vma, page, ptent)) k.pte.mkwrite(ptent);
}

/** set_write_prot_commit_flush_ptes() of a batch of one. */
function set_write_prot(k: Kernel, vma: Vma, page: number, ptent: Pte): boolean {
  if (k.pte.protnone(ptent)) return false;
  if ((vma.vm_flags & VM_SHARED) !== 0) return can_change_shared_pte_writable(k, ptent);
  return page >= 0 && k.test_anon(page) && k.frames.test(page, PG.anon_exclusive);
}
