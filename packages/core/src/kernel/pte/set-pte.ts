// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Storing an entry in a page table (set_pte_at() and ptep_set_access_flags() of the architectures, flush_cache_page()).
 *
 * On the way they look at a struct page that may not exist. Some architectures' hooks take the page of any entry
 * for granted; for a frame outside the memory map they read whatever memory holds there. Usually the
 * kernel dies of that, and what it does otherwise is no part of the model.
 */
import type { Pte } from '../../arch/contract.js';
import type { PageTable } from '../../mm/page-table.js';
import type { Vma } from '../../mm/vma.js';
import { type Kernel, newPte } from '../base/kernel.js';
import { KernelCrash } from '../base/outcome.js';
import type { Vmf } from '../base/vmf.js';
import type { OopsReason } from '../reason/crash.js';

/** page_folio() (include/linux/page-flags.h) and a look at its flags, in kernel function `where`. */
function look_at_page(k: Kernel, pfn: number, where: string, reason: OopsReason): void {
  if (k.machine.pfn_valid(pfn)) return;
  const crash = { kind: 'oops', what: `struct page of pfn ${pfn.toString(16)}`, where } as const;
  if (!k.survives) throw new KernelCrash(crash, reason);
  k.out.survived ??= crash;
}

/**
 * set_pte_at() (include/linux/pgtable.h) of an entry whose frame may have no struct page. Where a mechanism knows
 * that there is one, it stores the entry directly.
 */
export function set_pte_at(k: Kernel, pt: PageTable, vpn: number, p: Pte): void {
  before_set_pte_at(k, p);
  pt.set(vpn, p);
}

/** set_pte_at() (include/linux/pgtable.h): its look, for who stores the entry otherwise. */
export function before_set_pte_at(k: Kernel, p: Pte): void {
  if (k.arch.facts.set_pte_at_looks_at_page !== null) look_at_executable(k, p);
}

/** Ours: it would, of such an entry. */
export function looks_at_page(k: Kernel, p: Readonly<Pte>): boolean {
  const look = k.arch.facts.set_pte_at_looks_at_page;
  return look !== null && k.pte.present(p) && k.pte.exec(p) && (look.special || !k.pte.special(p));
}

/** ptep_set_access_flags() (mm/pgtable-generic.c): its store, on some architectures another set_pte_at(). */
export function set_access_flags(k: Kernel, pt: PageTable, vpn: number, p: Pte): void {
  if (k.arch.facts.set_pte_at_looks_at_page?.access_flags === true) look_at_executable(k, p);
  pt.set_access_flags(vpn, p);
}

/** ptep_set_access_flags() (mm/pgtable-generic.c): stores a PTE with more rights than the present one. */
export function ptep_set_access_flags(k: Kernel, vmf: Vmf, p: Pte, dirty: boolean): void {
  const { pt } = vmf.vma.mm;
  if (!dirty && k.arch.facts.ptep_set_access_flags_if_dirty) return;
  if (!pt.holds(vmf.address, p)) set_access_flags(k, pt, vmf.address, p);
}

/**
 * __sync_icache_dcache() (arch/arm64/mm/flush.c) and its likes: the instruction cache must see a page before user
 * code can execute it.
 */
function look_at_executable(k: Kernel, p: Pte): void {
  if (!looks_at_page(k, p)) return;
  look_at_page(k, k.pte.pfn(p), k.arch.facts.set_pte_at_looks_at_page!.where, 'oops_set_pte_at');
}

/**
 * flush_cache_page() (include/asm-generic/cacheflush.h) of the entry in place at `vpn`: done by the user's address
 * where that works, otherwise by a kernel address of the page.
 */
export function flush_cache_page(k: Kernel, vma: Vma, vpn: number, pfn: number): void {
  const where = k.arch.facts.flush_cache_page_looks_at_page;
  if (where === null) return;
  const entry = newPte();
  vma.mm.pt.get(vpn, entry);
  if (!k.pte.present(entry)) return;
  if (k.pte.young(entry) && k.pte.read(entry)) return;
  look_at_page(k, pfn, where, 'oops_flush_cache_page');
}
