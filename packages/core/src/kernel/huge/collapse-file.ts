// SPDX-License-Identifier: GPL-2.0-or-later
/** MADV_COLLAPSE of a file of tmpfs (mm/khugepaged.c): its pages become one folio of the page cache. */
import { F, PG } from '../../machine/frame-table.js';
import { PMD } from '../../mm/level.js';
import { type AddressSpace, linear_page_index, type Vma } from '../../mm/vma.js';
import { type Kernel, newPte } from '../base/kernel.js';
import { Vmf } from '../base/vmf.js';
import { folio_add_lru } from '../folio/folio-add-lru.js';
import { folio_remove_rmap_pte, mm_counter_file } from '../folio/rmap.js';
import { vm_normal_page } from '../pte/normal-page.js';
import { do_set_pmd } from './do-set-pmd.js';
import { is_refcount_suitable, type ScanResult } from './scan-result.js';
import { unmap_file_folio } from './unmap-file-folio.js';

/** hpage_collapse_scan_file(), collapse_file() and collapse_pte_mapped_thp() of the PMD range at `first`. */
export function collapse_scan_file(k: Kernel, vma: Vma, first: number): ScanResult {
  const { pages } = k.arch.pmd!;
  const file = vma.vm_file!;
  const start = linear_page_index(vma, first);
  for (const [index, page] of file.page_cache.range(start, start + pages)) {
    const folio = k.large_folio(page);
    if (folio?.pages === pages && index === start) return collapse_pte_mapped_thp(k, vma, first, file);
    if (!k.frames.test(k.page_folio(page), PG.lru)) return 'PAGE_LRU';
    if (!is_refcount_suitable(k, page)) return 'PAGE_COUNT';
  }
  const result = collapse_file(k, file, start, pages);
  return result === 'SUCCEED' ? collapse_pte_mapped_thp(k, vma, first, file) : result;
}

/** collapse_file(): every page of the range is unmapped everywhere, and copied into a new folio. */
function collapse_file(k: Kernel, file: AddressSpace, start: number, pages: number): ScanResult {
  const head = k.alloc_folio(Math.log2(pages));
  if (head < 0) {
    k.vmstat.count_vm_event('THP_COLLAPSE_ALLOC_FAILED');
    return 'ALLOC_HUGE_PAGE_FAIL';
  }
  k.vmstat.count_vm_event('THP_COLLAPSE_ALLOC');
  const old = [...file.page_cache.range(start, start + pages)];
  if (old.length === 0) {
    // SCAN_TRUNCATED
    k.put_page(head);
    return 'FAIL';
  }
  const folios = new Set(old.map(([, page]) => k.page_folio(page)));
  for (const folio of folios) unmap_file_folio(k, folio, k.large_folio(folio)?.pages ?? 1);
  const { frames } = k;
  for (const [index, page] of old) {
    const content = frames.get(page, F.content);
    if (content !== 0) frames.set(head + (index - start), F.content, content);
  }
  k.thp.change({ shmem_thps: k.thp.state.shmem_thps + pages });
  frames.setFlag(head, PG.swapbacked | PG.uptodate | PG.dirty);
  frames.set(head, F.mapping, -file.id);
  frames.set(head, F.index, start);
  k.get_page(head, pages - 1);
  folio_add_lru(k, head);
  for (let i = 0; i < pages; i++) file.setPage(start + i, head + i);
  retract_page_tables(k, file, start, pages);
  for (const folio of folios) {
    frames.set(folio, F.mapping, 0);
    frames.clearFlag(folio, PG.active | PG.unevictable);
    k.put_page(folio, k.large_folio(folio)?.pages ?? 1);
  }
  return 'SUCCEED';
}

/** retract_page_tables(): empty tables go, where no private copy makes a PMD unlikely. */
function retract_page_tables(k: Kernel, file: AddressSpace, start: number, pages: number): void {
  for (const vma of k.heap.vmasOf(file.i_mmap)) {
    if (start < vma.vm_pgoff || start >= vma.vm_pgoff + vma.pages || vma.anon_vma !== null) continue;
    const addr = vma.vm_start + (start - vma.vm_pgoff);
    if (addr % pages !== 0 || vma.vm_end < addr + pages) continue;
    if (vma.mm.pt.hasTable(addr)) vma.mm.pt.freeTable(addr);
  }
}

/** collapse_pte_mapped_thp() with `install_pmd`: PTEs of the folio give way to a PMD. */
function collapse_pte_mapped_thp(k: Kernel, vma: Vma, first: number, file: AddressSpace): ScanResult {
  const { pages } = k.arch.pmd!;
  const { mm } = vma;
  const pteval = newPte();
  if (mm.pt.getHuge(PMD, first, pteval)) return k.arch.pmd!.present(pteval) ? 'PMD_MAPPED' : 'PMD_NULL';
  const page = file.page_cache.get(linear_page_index(vma, first));
  if (page === undefined) return 'PAGE_NULL';
  const folio = k.large_folio(page);
  if (folio?.pages !== pages) return 'PAGE_COMPOUND';
  if (mm.pt.hasTable(first)) {
    for (let i = 0; i < pages; i++) {
      mm.pt.get(first + i, pteval);
      if (k.pte.none(pteval)) continue;
      if (!k.pte.present(pteval)) return 'PTE_NON_PRESENT';
      if (vm_normal_page(k, vma, first + i, pteval) !== folio.id + i) return 'FAIL';
    }
    let nr_ptes = 0;
    for (let i = 0; i < pages; i++) {
      mm.pt.get(first + i, pteval);
      if (k.pte.none(pteval)) continue;
      mm.pt.clear(first + i);
      folio_remove_rmap_pte(k, folio.id + i, vma);
      nr_ptes++;
    }
    mm.add_mm_counter(mm_counter_file(k, page), -nr_ptes);
    k.put_page(folio.id, nr_ptes);
    mm.pt.freeTable(first);
  }
  // set_huge_pmd()
  if (!do_set_pmd(k, new Vmf(vma, first, 0, linear_page_index(vma, first)), folio.id)) return 'FAIL';
  k.get_page(folio.id);
  return 'SUCCEED';
}
