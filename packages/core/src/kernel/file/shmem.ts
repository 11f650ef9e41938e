// SPDX-License-Identifier: GPL-2.0-or-later
/** tmpfs pages (mm/shmem.c) and the page cache's part of a fault (mm/filemap.c). */
import { F, PG } from '../../machine/frame-table.js';
import type { AddressSpace } from '../../mm/vma.js';
import type { Kernel } from '../base/kernel.js';
import { VM_FAULT_NOPAGE, VM_FAULT_OOM, VM_FAULT_SIGBUS } from '../base/mm-types.js';
import type { Vmf } from '../base/vmf.js';
import { folio_add_lru } from '../folio/folio-add-lru.js';
import { mm_counter_file } from '../folio/rmap.js';
import { set_pte_range } from '../folio/set-pte-range.js';
import { swap_cache_get_folio_shmem, swap_cluster_readahead } from '../swap/swap-readahead.js';
import { delete_from_swap_cache } from '../swap/swapfile.js';
import { filemap_get_folio } from './filemap.js';

/** shmem_get_folio_gfp() with SGP_CACHE: the page at `index`, allocated when the file has a hole there; -1 without memory. */
export function shmem_get_page(k: Kernel, file: AddressSpace, index: number): number {
  const found = file.page_cache.get(index);
  if (found !== undefined) {
    k.get_page(found);
    return found;
  }
  const swapped = file.swapped.get(index);
  if (swapped !== undefined) return shmem_swapin_folio(k, file, index, swapped);
  const page = k.alloc_page();
  if (page < 0) return -1;
  k.frames.setFlag(page, PG.swapbacked | PG.uptodate);
  folio_add_lru(k, page);
  shmem_add_to_page_cache(k, file, index, page);
  k.get_page(page); // the page cache's reference is the first, this is the caller's
  return page;
}

/** shmem_add_to_page_cache() (mm/shmem.c). */
function shmem_add_to_page_cache(k: Kernel, file: AddressSpace, index: number, page: number): void {
  k.frames.set(page, F.mapping, -file.id);
  k.frames.set(page, F.index, index);
  file.setPage(index, page);
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
  vmf.page = shmem_get_page(k, file, vmf.pgoff);
  if (vmf.page < 0) return k.fails('no_free_page', VM_FAULT_OOM); // vmf_error(-ENOMEM)
  return 0;
}

/** filemap_map_pages(): maps the pages of `[start, end]` that the page cache has; NOPAGE if the wanted one was there. */
export function filemap_map_pages(k: Kernel, vmf: Vmf, start: number, end: number): number {
  const { vma } = vmf;
  const { mm } = vma;
  const { pt } = mm;
  const file = vma.vm_file!;
  const last = Math.min(end, file.pages - 1);
  let ret = 0;
  for (let index = Math.max(start, 0); index <= last; index++) {
    const page = filemap_get_folio(k, file, index);
    if (page === undefined) continue;
    const vpn = vmf.address + index - vmf.pgoff;
    pt.get(vpn, vmf.entry);
    if (!k.pte.none(vmf.entry)) continue;
    if (vpn === vmf.address) ret = VM_FAULT_NOPAGE;
    set_pte_range(k, vmf, page, vpn);
    mm.inc_mm_counter(mm_counter_file(k, page));
    k.get_page(page);
  }
  return ret;
}
