// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Reservations of hugetlb (mm/hugetlb.c). A shared file's map has the pages that are reserved for it; a private mapping's, of
 * whoever called mmap() and of nobody that it forked, those whose reservation is used up.
 */
import type { Hstate } from '../../machine/hugetlb.js';
import type { Folio } from '../../mm/folio.js';
import { region_add, region_chg, region_count, region_del } from '../../mm/regions.js';
import { VM_MAYSHARE, VM_NORESERVE } from '../../mm/vm-flags.js';
import type { AddressSpace, Vma } from '../../mm/vma.js';
import type { Kernel } from '../base/kernel.js';
import { hstate_inode, hstate_is_gigantic, hstate_vma, is_vm_hugetlb_page, vma_hugecache_offset } from './hstate.js';

/** is_vma_resv_set() of HPAGE_RESV_OWNER. */
export function is_resv_owner(vma: Vma): boolean {
  return (vma.hugetlb?.resv_map ?? 0) !== 0;
}

/** hugetlb_acct_memory() of a number of pages to be reserved: false where there are too few. */
function reserve(k: Kernel, h: Hstate, pages: number): boolean {
  return pages === 0 || k.hugetlb_pool.gather_surplus_pages(h.level, pages, hstate_is_gigantic(h));
}

/** hugetlb_acct_memory() of a number of pages that are reserved no longer. */
function unreserve(k: Kernel, h: Hstate, pages: number): void {
  if (pages > 0) k.hugetlb_pool.return_unused_surplus_pages(h.level, pages);
}

/** hugetlb_reserve_pages(): huge pages `from` to `to` of the file for a mapping of it; false where the pool has too few. */
export function hugetlb_reserve_pages(k: Kernel, file: AddressSpace, from: number, to: number, vma: Vma): boolean {
  if ((vma.vm_flags & VM_NORESERVE) !== 0) return true;
  const h = hstate_inode(k, file);
  if ((vma.vm_flags & VM_MAYSHARE) !== 0) {
    if (!reserve(k, h, region_chg(file.resv, from, to))) return false;
    file.resv = region_add(file.resv, from, to);
    return true;
  }
  if (!reserve(k, h, to - from)) return false;
  const id = k.heap.takeId();
  k.hugetlb.addMap(id);
  vma.hugetlb = { resv_map: id, unmapped: false };
  return true;
}

/** hugetlb_unreserve_pages(): pages of a file that were truncated, `freed` of which were there. */
export function hugetlb_unreserve_pages(
  k: Kernel,
  file: AddressSpace,
  start: number,
  end: number,
  freed: number,
): void {
  const chg = region_count(file.resv, start, end);
  file.resv = region_del(file.resv, start, end);
  unreserve(k, hstate_inode(k, file), chg - freed);
}

/** vma_needs_reservation(): 1 where no reservation is there for the page, 0 where one is. */
export function vma_needs_reservation(k: Kernel, h: Hstate, vma: Vma, vpn: number): number {
  const idx = vma_hugecache_offset(h, vma, vpn);
  if ((vma.vm_flags & VM_MAYSHARE) !== 0) return region_chg(vma.vm_file!.resv, idx, idx + 1);
  const map = k.hugetlb.map(vma.hugetlb?.resv_map ?? 0);
  // the map of a private mapping means the opposite
  return map === undefined ? 1 : region_count(map.regions, idx, idx + 1);
}

/** vma_commit_reservation(): the page is there now. */
export function vma_commit_reservation(k: Kernel, h: Hstate, vma: Vma, vpn: number): void {
  const idx = vma_hugecache_offset(h, vma, vpn);
  if ((vma.vm_flags & VM_MAYSHARE) !== 0) {
    vma.vm_file!.resv = region_add(vma.vm_file!.resv, idx, idx + 1);
    return;
  }
  const map = k.hugetlb.map(vma.hugetlb?.resv_map ?? 0);
  if (map !== undefined) k.hugetlb.changeMap(map.id, { regions: region_add(map.regions, idx, idx + 1) });
}

/** __unmap_hugepage_range(): the end of an anonymous page gives its owner the reservation back. */
export function restore_reservation(k: Kernel, h: Hstate, vma: Vma, vpn: number, folio: Folio): void {
  folio.set_restore_reserve(true);
  const idx = vma_hugecache_offset(h, vma, vpn);
  const map = k.hugetlb.map(vma.hugetlb!.resv_map)!;
  k.hugetlb.changeMap(map.id, { regions: region_del(map.regions, idx, idx + 1) });
}

/** hugetlb_vm_op_open(): a part of a mapping, or the mapping at its new place, shares its reservations. */
export function hugetlb_vm_op_open(k: Kernel, vma: Vma): void {
  const map = k.hugetlb.map(vma.hugetlb?.resv_map ?? 0);
  if (map !== undefined) k.hugetlb.changeMap(map.id, { refs: map.refs + 1 });
}

/** hugetlb_vm_op_close(): what a private mapping had reserved and never used goes back. */
export function hugetlb_vm_op_close(k: Kernel, vma: Vma): void {
  if (!is_vm_hugetlb_page(vma)) return;
  const map = k.hugetlb.map(vma.hugetlb?.resv_map ?? 0);
  if (map === undefined) return;
  const h = hstate_vma(k, vma);
  const start = vma_hugecache_offset(h, vma, vma.vm_start);
  const end = vma_hugecache_offset(h, vma, vma.vm_end);
  unreserve(k, h, region_chg(map.regions, start, end));
  k.hugetlb.changeMap(map.id, { refs: map.refs - 1 });
}

/** hugetlb_dup_vma_private(): a child has no reservations. */
export function hugetlb_dup_vma_private(vma: Vma): void {
  if (vma.hugetlb !== null) vma.hugetlb = null;
}

/** clear_vma_resv_huge_pages(): mremap() took the reservations to the new place. */
export function clear_vma_resv_huge_pages(k: Kernel, vma: Vma): void {
  const map = k.hugetlb.map(vma.hugetlb?.resv_map ?? 0);
  if (map !== undefined) k.hugetlb.changeMap(map.id, { refs: map.refs - 1 });
  hugetlb_dup_vma_private(vma);
}
