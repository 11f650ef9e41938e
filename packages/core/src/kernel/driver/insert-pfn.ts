// SPDX-License-Identifier: GPL-2.0-or-later
/** vmf_insert_pfn() (mm/memory.c): a driver's fault handler maps a bare frame. */
import type { Pte } from '../../arch/contract.js';
import { is_cow_mapping, VM_MIXEDMAP, VM_PFNMAP } from '../../mm/vm-flags.js';
import type { Vma } from '../../mm/vma.js';
import { type Kernel, newPte } from '../base/kernel.js';
import { VM_FAULT_NOPAGE, VM_FAULT_OOM, VM_FAULT_SIGBUS } from '../base/mm-types.js';
import { track_pfn_insert } from '../pte/memtype.js';
import { vm_pfnmap_normal_page_pfn } from '../pte/normal-page.js';
import { maybe_mkwrite } from '../pte/pte-helpers.js';
import { set_access_flags, set_pte_at } from '../pte/set-pte.js';
import type { BugReason } from '../reason/crash.js';

/** insert_pfn(): a special PTE, not counted. `devmap`: the pfn_t carries PFN_DEV|PFN_MAP. */
export function insert_pfn(
  k: Kernel,
  vma: Vma,
  vpn: number,
  pfn: number,
  prot: Readonly<Pte>,
  mkwrite: boolean,
  devmap = false,
): number {
  const { pt } = vma.mm;
  const { pte } = k;
  if ((vma.vm_flags & VM_PFNMAP) !== 0 && vm_pfnmap_normal_page_pfn(k, vma, pfn)) {
    return k.fails('insert_pfn_anon', VM_FAULT_SIGBUS);
  }
  // get_locked_pte() finds no page table below a huge entry
  if (pt.isHuge(vpn)) return k.fails('insert_below_huge', VM_FAULT_OOM);
  const entry = newPte();
  pt.get(vpn, entry);
  if (!pte.none(entry)) {
    if (mkwrite) {
      if (pte.pfn(entry) !== pfn) {
        if (!k.machine.is_zero_pfn(pte.pfn(entry))) k.warn_once('insert_pfn_mismatch');
        return VM_FAULT_NOPAGE;
      }
      pte.mkyoung(entry);
      pte.mkdirty(entry);
      maybe_mkwrite(k, entry, vma);
      set_access_flags(k, pt, vpn, entry);
    }
    return VM_FAULT_NOPAGE;
  }
  pte.pfn_pte(entry, pfn, prot as Pte);
  if (devmap) pte.mkdevmap(entry);
  else pte.mkspecial(entry);
  if (mkwrite) {
    pte.mkyoung(entry);
    pte.mkdirty(entry);
    maybe_mkwrite(k, entry, vma);
  }
  set_pte_at(k, pt, vpn, entry);
  return VM_FAULT_NOPAGE;
}

/** What vmf_insert_pfn_prot() would BUG on, in its order; null when it may be called. */
export function insert_pfn_precondition(k: Kernel, vma: Vma, pfn: number): BugReason | null {
  const vm_flags = vma.vm_flags;
  const both = VM_PFNMAP | VM_MIXEDMAP;
  if ((vm_flags & both) === 0) return 'insert_pfn_no_flag';
  if ((vm_flags & both) === both) return 'insert_pfn_both_flags';
  const refusesCow = !k.feature.cow_pfnmap_by_anon;
  if (refusesCow && (vm_flags & VM_PFNMAP) !== 0 && is_cow_mapping(vm_flags)) return 'insert_pfn_cow';
  if ((vm_flags & VM_MIXEDMAP) !== 0 && k.machine.pfn_valid(pfn)) return 'insert_pfn_mixed_valid';
  return null;
}

/** vmf_insert_pfn_prot(). */
export function vmf_insert_pfn_prot(k: Kernel, vma: Vma, vpn: number, pfn: number, prot: Readonly<Pte>): number {
  const bug = insert_pfn_precondition(k, vma, pfn);
  if (bug !== null) k.BUG(bug);
  if (vpn < vma.vm_start || vpn >= vma.vm_end) return k.fails('insert_pfn_outside', VM_FAULT_SIGBUS);
  return insert_pfn(k, vma, vpn, pfn, track_pfn_insert(k, prot, pfn), false);
}
