// SPDX-License-Identifier: GPL-2.0-or-later
/** A page of hugetlb for a mapping (mm/hugetlb.c). */
import type { Hstate } from '../../machine/hugetlb.js';
import type { Folio } from '../../mm/folio.js';
import { VM_MAYSHARE, VM_NORESERVE } from '../../mm/vm-flags.js';
import type { Vma } from '../../mm/vma.js';
import type { Kernel } from '../base/kernel.js';
import { hstate_is_gigantic } from './hstate.js';
import { is_resv_owner, vma_commit_reservation, vma_needs_reservation } from './reservation.js';

/** vma_has_reserves(): the page may be taken from those that are reserved; `chg` as vma_needs_reservation() said. */
function vma_has_reserves(vma: Vma, chg: number): boolean {
  if (chg !== 0) return false;
  if ((vma.vm_flags & VM_NORESERVE) !== 0) return (vma.vm_flags & VM_MAYSHARE) !== 0;
  return (vma.vm_flags & VM_MAYSHARE) !== 0 || is_resv_owner(vma);
}

/**
 * alloc_hugetlb_folio(): the page with one reference; undefined, -ENOSPC, where the pool has none that this mapping may take.
 * `cow_from_owner`: a copy of a page whose reservation was used up by the page itself.
 */
export function alloc_hugetlb_folio(
  k: Kernel,
  h: Hstate,
  vma: Vma,
  vpn: number,
  cow_from_owner: boolean,
): Folio | undefined {
  const map_chg = vma_needs_reservation(k, h, vma, vpn);
  const gbl_chg = cow_from_owner ? 1 : map_chg;
  const reserved = vma_has_reserves(vma, gbl_chg);
  const { free, resv_huge_pages } = k.hugetlb.hstate(h.level)!;
  // available_huge_pages(): what is not reserved
  const available = reserved || free.length - resv_huge_pages > 0;
  const folio =
    (available ? k.hugetlb_pool.dequeue(h.level) : undefined) ??
    k.hugetlb_pool.alloc_surplus(h.level, hstate_is_gigantic(h));
  if (folio === undefined) return undefined;
  if (reserved) {
    folio.set_restore_reserve(true);
    k.hugetlb.change(h.level, { resv_huge_pages: k.hugetlb.hstate(h.level)!.resv_huge_pages - 1 });
  }
  vma_commit_reservation(k, h, vma, vpn);
  return folio;
}
