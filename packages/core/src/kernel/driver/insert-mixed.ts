// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * vmf_insert_mixed() (mm/memory.c): a frame with or without struct page. Here the architecture
 * decides whether the page is counted: without the special bit a VM_MIXEDMAP tells pages from frames
 * by pfn_valid() alone, so that one with a struct page has to be inserted as a page.
 */
import type { PfnT } from '@specialbit/events';
import { VM_MIXEDMAP } from '../../mm/vm-flags.js';
import type { Vma } from '../../mm/vma.js';
import { EBUSY, ENOMEM } from '../base/errno.js';
import { type Kernel, newPte } from '../base/kernel.js';
import { VM_FAULT_NOPAGE, VM_FAULT_OOM, VM_FAULT_SIGBUS } from '../base/mm-types.js';
import { track_pfn_insert } from '../pte/memtype.js';
import type { BugReason } from '../reason/crash.js';
import type { FailureReason } from '../reason/index.js';
import { insert_page, vm_mixed_zeropage_allowed } from './insert-page.js';
import { insert_pfn } from './insert-pfn.js';

/** pfn_t_devmap(): constant false where PTEs have no devmap bit (include/linux/pfn_t.h). */
export function pfn_t_devmap(k: Kernel, pfn_t: PfnT | undefined): boolean {
  return pfn_t === 'PFN_DEV|PFN_MAP' && k.arch.features.pte_devmap && !k.feature.insert_mixed_plain_pfn;
}

/**
 * pfn_t_special(): constant false where PTEs have no special bit (include/linux/pfn_t.h), and gone with
 * pfn_t: newer kernels are given a plain pfn, whatever a log says.
 */
function pfn_t_special(k: Kernel, pfn_t: PfnT): boolean {
  return pfn_t === 'PFN_SPECIAL' && k.hasPteSpecial && !k.feature.insert_mixed_plain_pfn;
}

/** vm_mixed_ok(): why it says no; null for yes. */
function vm_mixed_refuses(k: Kernel, vma: Vma, pfn: number, pfn_t: PfnT, mkwrite: boolean): FailureReason | null {
  const zero = k.machine.is_zero_pfn(pfn);
  if (k.feature.insert_zeropage_special && zero) {
    if (mkwrite) return 'mixed_zeropage_mkwrite';
    if (!vm_mixed_zeropage_allowed(k, vma)) return 'mixed_zeropage_writable';
  }
  if (pfn_t_devmap(k, pfn_t)) return null;
  return (vma.vm_flags & VM_MIXEDMAP) !== 0 || pfn_t_special(k, pfn_t) || zero ? null : 'mixed_not_ok';
}

/** What vmf_insert_mixed() would BUG on, before it became an error; null when it may be called. */
export function insert_mixed_precondition(k: Kernel, vma: Vma, pfn: number, pfn_t: PfnT): BugReason | null {
  if (k.feature.insert_mixed_sigbus || (vma.vm_flags & VM_MIXEDMAP) !== 0) return null;
  if (pfn_t_special(k, pfn_t) || k.machine.is_zero_pfn(pfn)) return null;
  if (pfn_t_devmap(k, pfn_t)) return null;
  return 'insert_mixed_no_flag';
}

/** __vm_insert_mixed(): a vm_fault_t. */
export function __vm_insert_mixed(
  k: Kernel,
  vma: Vma,
  vpn: number,
  pfn: number,
  pfn_t: PfnT,
  mkwrite: boolean,
): number {
  const refused = vm_mixed_refuses(k, vma, pfn, pfn_t, mkwrite);
  if (refused !== null) {
    if (!k.feature.insert_mixed_sigbus) k.BUG('insert_mixed_not_ok');
    return k.fails(refused, VM_FAULT_SIGBUS);
  }
  if (vpn < vma.vm_start || vpn >= vma.vm_end) return k.fails('mixed_outside', VM_FAULT_SIGBUS);
  const devmap = pfn_t_devmap(k, pfn_t);
  const pgprot = track_pfn_insert(k, vma.vm_page_prot, pfn);
  if (k.hasPteSpecial || devmap || !k.machine.pfn_valid(pfn)) {
    return insert_pfn(k, vma, vpn, pfn, pgprot, mkwrite, devmap);
  }
  const err = insert_page(k, newPte(), vma, vpn, pfn, pgprot, mkwrite);
  if (err === -ENOMEM) return k.turns('mixed_insert_page', VM_FAULT_OOM);
  if (err < 0 && err !== -EBUSY) return k.turns('mixed_insert_page', VM_FAULT_SIGBUS);
  return VM_FAULT_NOPAGE;
}
