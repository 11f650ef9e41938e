// SPDX-License-Identifier: GPL-2.0-or-later
/** Files of hugetlbfs (fs/hugetlbfs/inode.c): what mmap() of one does, and what takes pages out of it. */
import { F, PG } from '../../machine/frame-table.js';
import { VM_DONTEXPAND, VM_HUGETLB, VM_WRITE } from '../../mm/vm-flags.js';
import type { AddressSpace, Vma } from '../../mm/vma.js';
import { EINVAL, ENOMEM } from '../base/errno.js';
import type { Kernel } from '../base/kernel.js';
import { MmuGather } from '../base/mmu-gather.js';
import { cache_references } from './fault.js';
import { hstate_inode, is_unaligned, pages_per_huge_page } from './hstate.js';
import { hugetlb_reserve_pages, hugetlb_unreserve_pages } from './reservation.js';
import { __unmap_hugepage_range } from './unmap.js';

/** hugetlbfs_file_mmap(): 0 or a negative errno. */
export function hugetlbfs_file_mmap(k: Kernel, file: AddressSpace, vma: Vma): number {
  const h = hstate_inode(k, file);
  k.setFlags(vma, vma.vm_flags | VM_HUGETLB | VM_DONTEXPAND, 'flags_hugetlb');
  vma.vm_ops = { kind: 'hugetlb' };
  if (is_unaligned(h, vma.vm_pgoff)) return k.fails('hugetlb_pgoff', -EINVAL);
  const size = pages_per_huge_page(h);
  const len = vma.pages + vma.vm_pgoff;
  if (!hugetlb_reserve_pages(k, file, vma.vm_pgoff / size, len / size, vma)) {
    return k.fails('hugetlb_not_reserved', -ENOMEM);
  }
  if ((vma.vm_flags & VM_WRITE) !== 0 && file.pages < len) file.pages = len;
  return 0;
}

/** hugetlb_vmdelete_list(): pages `start` to `end` of a file out of every mapping, private copies too. */
function hugetlb_vmdelete_list(k: Kernel, file: AddressSpace, start: number, end: number): void {
  for (const vma of [...k.heap.mapping(file, start, end - 1)]) {
    const from = Math.max(start - vma.vm_pgoff, 0) + vma.vm_start;
    const to = Math.min(end - vma.vm_pgoff + vma.vm_start, vma.vm_end);
    const tlb = new MmuGather();
    __unmap_hugepage_range(k, tlb, vma, from, to);
    for (const page of tlb.pages) k.put_page(page);
  }
}

/** remove_inode_hugepages(): pages of a file leave it, from `start` on; without `end` it is truncated. */
function remove_inode_hugepages(k: Kernel, file: AddressSpace, start: number, end?: number): void {
  const h = hstate_inode(k, file);
  const size = pages_per_huge_page(h);
  let freed = 0;
  for (const [index, page] of [...file.page_cache.range(start, end ?? Number.MAX_SAFE_INTEGER)]) {
    const folio = k.large_folio(page)!;
    // hugetlb_delete_from_page_cache()
    k.frames.clearFlag(folio.id, PG.dirty | PG.uptodate);
    k.frames.set(folio.id, F.mapping, 0);
    file.setPage(index, undefined);
    k.put_page(folio.id, cache_references(k, folio));
    if (end !== undefined) hugetlb_unreserve_pages(k, file, index / size, index / size + 1, 1);
    freed++;
  }
  if (end === undefined) hugetlb_unreserve_pages(k, file, start / size, Number.MAX_SAFE_INTEGER, freed);
}

/** hugetlbfs_punch_hole(): whole pages go, of those at the ends a part is zeroed. */
export function hugetlbfs_punch_hole(k: Kernel, file: AddressSpace, index: number, pages: number): void {
  const size = pages_per_huge_page(hstate_inode(k, file));
  const end = index + pages;
  const hole_start = Math.ceil(index / size) * size;
  const hole_end = Math.floor(end / size) * size;
  if (index < hole_start) zero_partial_page(k, file, index, Math.min(end, hole_start));
  if (hole_end > hole_start) hugetlb_vmdelete_list(k, file, hole_start, hole_end);
  if (end > hole_end && end > hole_start) zero_partial_page(k, file, hole_end, end);
  if (hole_end > hole_start) remove_inode_hugepages(k, file, hole_start, hole_end);
}

/** hugetlbfs_zero_partial_page(). */
function zero_partial_page(k: Kernel, file: AddressSpace, start: number, end: number): void {
  const size = pages_per_huge_page(hstate_inode(k, file));
  const first = start - (start % size);
  const page = file.page_cache.get(first);
  if (page === undefined) return;
  for (let i = start; i < end; i++) k.frames.set(page + (i - first), F.content, 0);
}

/** hugetlbfs_setattr() of a new size: 0 or a negative errno. */
export function hugetlb_truncate(k: Kernel, file: AddressSpace, pages: number): number {
  if (is_unaligned(hstate_inode(k, file), pages)) return k.fails('hugetlb_truncate', -EINVAL);
  // hugetlb_vmtruncate()
  file.pages = pages;
  hugetlb_vmdelete_list(k, file, pages, Number.MAX_SAFE_INTEGER);
  remove_inode_hugepages(k, file, pages);
  return 0;
}

/** hugetlbfs_evict_inode(): nobody has the file any more. */
export function hugetlbfs_evict_inode(k: Kernel, file: AddressSpace): void {
  remove_inode_hugepages(k, file, 0);
}
