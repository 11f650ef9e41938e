// SPDX-License-Identifier: GPL-2.0-or-later
/** May an entry become writable without a fault? (mm/mprotect.c) */
import type { Pte } from '../../arch/contract.js';
import { PG } from '../../machine/frame-table.js';
import { VM_SHARED, VM_WRITE } from '../../mm/vm-flags.js';
import type { Vma } from '../../mm/vma.js';
import type { Kernel } from '../base/kernel.js';
import { vm_normal_page } from './normal-page.js';
import { vma_wants_writenotify } from './page-prot.js';

/** vma_wants_manual_pte_write_upgrade() (include/linux/mm.h): entries of it are read-only that need not be. */
export function vma_wants_manual_pte_write_upgrade(vma: Vma): boolean {
  return (vma.vm_flags & VM_SHARED) !== 0 ? vma_wants_writenotify(vma) : (vma.vm_flags & VM_WRITE) !== 0;
}

/** can_change_pte_writable(): may it become writable without a fault? */
export function can_change_pte_writable(k: Kernel, vma: Vma, vpn: number, ptent: Pte): boolean {
  if (k.pte.protnone(ptent)) return false;
  if (!k.feature.mprotect_clean_writable && !k.pte.dirty(ptent)) return false;
  if ((vma.vm_flags & VM_SHARED) !== 0) return can_change_shared_pte_writable(k, ptent);
  const page = vm_normal_page(k, vma, vpn, ptent);
  return page >= 0 && k.test_anon(page) && k.frames.test(page, PG.anon_exclusive);
}

/** can_change_shared_pte_writable(): a clean entry has still to tell its file of the write. */
export function can_change_shared_pte_writable(k: Kernel, ptent: Pte): boolean {
  const dirty = k.pte.dirty(ptent);
  if (dirty && k.feature.mprotect_zeropage_check && k.machine.is_zero_pfn(k.pte.pfn(ptent))) {
    k.warn_once('mprotect_dirty_zero');
  }
  return dirty;
}
