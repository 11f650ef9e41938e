// SPDX-License-Identifier: GPL-2.0-or-later
/** tmpfs pages (mm/shmem.c) and the page cache's part of a fault (mm/filemap.c). */
import { F, PG } from '../../machine/frame-table.js';
import type { Folio } from '../../mm/folio.js';
import type { AddressSpace, Vma } from '../../mm/vma.js';
import { ENOMEM } from '../base/errno.js';
import type { Kernel } from '../base/kernel.js';
import { VM_FAULT_NOPAGE, VM_FAULT_OOM, VM_FAULT_SIGBUS } from '../base/mm-types.js';
import type { Vmf } from '../base/vmf.js';
import { folio_add_lru, folio_mark_accessed, folio_mark_dirty } from '../folio/folio-add-lru.js';
import { mm_counter_file } from '../folio/rmap.js';
import { set_pte_range } from '../folio/set-pte-range.js';
import { do_set_pmd } from '../huge/do-set-pmd.js';
import { swap_cache_get_folio_shmem, swap_cluster_readahead } from '../swap/swap-readahead.js';
import { delete_from_swap_cache } from '../swap/swapfile.js';
import { filemap_get_folio } from './filemap.js';
import { shmem_allowable_huge_orders, shmem_suitable_orders } from './shmem-orders.js';

/** For whom shmem_get_folio_gfp() looks: a fault in a VMA, or a write() after which the file has `write_end` pages. */
export interface ShmemUser {
  readonly vma: Vma | null;
  readonly vpn: number;
  readonly write_end: number;
}

/** shmem_get_folio_gfp() with SGP_CACHE: the page at `index`, allocated when the file has a hole there; -1 without memory. */
export function shmem_get_page(k: Kernel, file: AddressSpace, index: number, user: ShmemUser): number {
  const found = file.page_cache.get(index);
  if (found !== undefined) {
    k.get_page(found);
    return found;
  }
  const swapped = file.swapped.get(index);
  if (swapped !== undefined) return shmem_swapin_folio(k, file, index, swapped);
  const orders = k.thp.on ? shmem_allowable_huge_orders(k, file, user.vma, index, user.write_end) : 0;
  return shmem_alloc_and_add_folio(k, file, index, user, orders);
}

/** shmem_alloc_and_add_folio(): of the largest of `orders` that fits, or a single page. */
function shmem_alloc_and_add_folio(
  k: Kernel,
  file: AddressSpace,
  index: number,
  user: ShmemUser,
  orders: number,
): number {
  let head = -1;
  let order = 0;
  for (
    let left = orders === 0 ? 0 : shmem_suitable_orders(file, user.vma, user.vpn, index, orders);
    left !== 0 && head < 0;
    left &= ~(1 << order)
  ) {
    order = 31 - Math.clz32(left);
    head = k.alloc_folio(order);
    if (head >= 0) break;
    if (1 << order === k.arch.pmd!.pages) k.vmstat.count_vm_event('THP_FILE_FALLBACK');
    k.vmstat.mod_mthp_stat(order, 'shmem_fallback');
  }
  if (head < 0) {
    order = 0;
    head = k.alloc_page();
    if (head < 0) return -1;
  }
  const nr = 1 << order;
  const first = index - (index % nr);
  k.frames.setFlag(head, PG.swapbacked | PG.uptodate);
  folio_add_lru(k, head);
  shmem_add_to_page_cache(k, file, first, head, nr);
  if (order > 0) {
    k.get_page(head, nr - 1);
    if (nr === k.arch.pmd!.pages) {
      k.vmstat.count_vm_event('THP_FILE_ALLOC');
      k.thp.change({ shmem_thps: k.thp.state.shmem_thps + nr });
    }
    k.vmstat.mod_mthp_stat(order, 'shmem_alloc');
  }
  k.get_page(head); // the page cache's references are the first, this is the caller's
  return head + (index - first);
}

/** shmem_add_to_page_cache() (mm/shmem.c). */
function shmem_add_to_page_cache(k: Kernel, file: AddressSpace, index: number, head: number, nr = 1): void {
  k.frames.set(head, F.mapping, -file.id);
  k.frames.set(head, F.index, index);
  for (let i = 0; i < nr; i++) file.setPage(index + i, head + i);
}

/**
 * shmem_write_begin(), shmem_write_end() (mm/shmem.c) of a whole page: a new folio is marked referenced, another
 * accessed. False without memory.
 */
function shmem_write_page(k: Kernel, file: AddressSpace, index: number, value: number): boolean {
  const had = file.page_cache.get(index) !== undefined;
  const page = shmem_get_page(k, file, index, { vma: null, vpn: 0, write_end: index + 1 });
  if (page < 0) return false;
  if (had) folio_mark_accessed(k, page);
  else k.frames.setFlag(k.page_folio(page), PG.referenced);
  k.frames.set(page, F.content, value & 0xff);
  folio_mark_dirty(k, page);
  if (index >= file.pages) file.pages = index + 1;
  k.put_page(page);
  return true;
}

/**
 * shmem_file_write_iter() (mm/shmem.c) of whole pages, page i with `value + i`: the bytes that were written, or a
 * negative errno where not even the first could be.
 */
export function shmem_file_write(k: Kernel, file: AddressSpace, index: number, pages: number, value: number): number {
  for (let i = 0; i < pages; i++) {
    if (shmem_write_page(k, file, index + i, value + i)) continue;
    return i > 0 ? i * k.arch.page.size : k.fails('no_free_page', -ENOMEM);
  }
  return pages * k.arch.page.size;
}

/** shmem_swapin_folio(): from the swap cache back into the file, with the caller's reference. */
function shmem_swapin_folio(k: Kernel, file: AddressSpace, index: number, offset: number): number {
  const slot = k.swap.slot(offset)!;
  let page = swap_cache_get_folio_shmem(k, slot);
  if (page < 0) page = swap_cluster_readahead(k, offset);
  if (page < 0) return -1;
  shmem_add_to_page_cache(k, file, index, page);
  k.get_page(page);
  file.setSwapped(index, undefined);
  k.swap.edit(offset)!.count--;
  delete_from_swap_cache(k, page);
  return page;
}

/** shmem_fault(). */
export function shmem_fault(k: Kernel, vmf: Vmf): number {
  const file = vmf.vma.vm_file!;
  if (vmf.pgoff < 0 || vmf.pgoff >= file.pages) return k.fails('shmem_beyond', VM_FAULT_SIGBUS);
  vmf.page = shmem_get_page(k, file, vmf.pgoff, { vma: vmf.vma, vpn: vmf.address, write_end: 0 });
  if (vmf.page < 0) return k.fails('no_free_page', VM_FAULT_OOM); // vmf_error(-ENOMEM)
  return 0;
}

/** filemap_map_pages(): maps the pages of `[start, end]` that the page cache has; NOPAGE if the wanted one was there. */
export function filemap_map_pages(k: Kernel, vmf: Vmf, start: number, end: number): number {
  const file = vmf.vma.vm_file!;
  const last = Math.min(end, file.pages - 1);
  let ret = 0;
  let first = true;
  for (let index = Math.max(start, 0); index <= last; ) {
    const page = filemap_get_folio(k, file, index);
    if (page === undefined) {
      index++;
      continue;
    }
    if (first && filemap_map_pmd(k, vmf, page)) return VM_FAULT_NOPAGE;
    first = false;
    const folio = k.large_folio(page);
    const left = folio === undefined ? 1 : Math.min(folio.id + folio.pages - page, last - index + 1);
    const vpn = vmf.address + index - vmf.pgoff;
    const before = folio === undefined ? 0 : page - folio.id;
    if (folio !== undefined && maps_whole_folio(k, vmf, folio, vpn - before, index - before)) {
      ret |= filemap_map_folio_range(k, vmf, folio.id, vpn - before, folio.pages);
    } else {
      ret |= filemap_map_folio_range(k, vmf, page, vpn, left);
    }
    index += left;
  }
  return ret;
}

/** filemap_map_folio_range() (mm/filemap.c), filemap_map_order0_folio() of one page: runs of empty PTEs map the pages from `page` on. */
function filemap_map_folio_range(k: Kernel, vmf: Vmf, page: number, vpn: number, nr_pages: number): number {
  const { mm } = vmf.vma;
  const { pt } = mm;
  let ret = 0;
  for (let i = 0; i < nr_pages; ) {
    let nr = 0;
    while (i + nr < nr_pages) {
      pt.get(vpn + i + nr, vmf.entry);
      if (!k.pte.none(vmf.entry)) break;
      nr++;
    }
    if (nr > 0) {
      if (vmf.address >= vpn + i && vmf.address < vpn + i + nr) ret = VM_FAULT_NOPAGE;
      set_pte_range(k, vmf, page + i, vpn + i, nr);
      mm.add_mm_counter(mm_counter_file(k, page), nr);
      k.get_page(page, nr);
    }
    i += nr + 1;
  }
  return ret;
}

/**
 * filemap_map_folio_range() (mm/filemap.c of 6.18): a large folio is mapped as a whole, whatever part of it lies around the
 * fault, where file, VMA and page table have room for all of it. `vpn`, `index`: of its first page.
 */
function maps_whole_folio(k: Kernel, vmf: Vmf, folio: Folio, vpn: number, index: number): boolean {
  if (!k.feature.fault_around_whole_folio) return false;
  const { vma } = vmf;
  const file = vma.vm_file!;
  // folio_within_vma()
  if (vpn < vma.vm_start || vpn + folio.pages > vma.vm_end) return false;
  if (Math.floor(vpn / k.ptrs_per_pte) !== Math.floor((vpn + folio.pages - 1) / k.ptrs_per_pte)) return false;
  // of other files the last page must lie behind the folio
  return file.kind === 'shmem' || file.pages - 1 >= index + folio.pages;
}

/** filemap_map_pmd(): true when one PMD maps all of the folio now. Else there is a table of PTEs. */
function filemap_map_pmd(k: Kernel, vmf: Vmf, page: number): boolean {
  const { pt } = vmf.vma.mm;
  if (!k.thp.on) return false;
  if (pt.pmdNone(vmf.address)) {
    const folio = k.large_folio(page);
    if (folio !== undefined && do_set_pmd(k, vmf, page)) {
      k.get_page(folio.id);
      return true;
    }
    pt.allocTable(vmf.address);
  }
  return false;
}
