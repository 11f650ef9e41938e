// SPDX-License-Identifier: GPL-2.0-or-later
/** MADV_COLLAPSE (mm/khugepaged.c): what PTEs map becomes one folio of a PMD's size. */
import { F, PG } from '../../machine/frame-table.js';
import { PMD } from '../../mm/level.js';
import { VM_HUGETLB, VM_SPECIAL, VM_UFFD_MISSING, VM_UFFD_WP } from '../../mm/vm-flags.js';
import { type Vma, vma_is_anonymous } from '../../mm/vma.js';
import { EAGAIN, EINVAL, ENOMEM } from '../base/errno.js';
import { type Kernel, newPte } from '../base/kernel.js';
import { deferred_split_folio } from '../folio/deferred-split.js';
import { folio_add_lru } from '../folio/folio-add-lru.js';
import { folio_remove_rmap_pte } from '../folio/rmap.js';
import { vm_normal_page } from '../pte/normal-page.js';
import type { FailureReason } from '../reason/index.js';
import { collapse_scan_file } from './collapse-file.js';
import { map_anon_folio_pmd } from './huge-memory.js';
import type { ScanResult } from './scan-result.js';
import { is_refcount_suitable } from './scan-result.js';
import { thp_vma_suitable_order, vma_thp_disabled } from './thp-orders.js';

/** Results after which madvise_collapse() goes on with the next range. */
const GOES_ON: ReadonlySet<ScanResult> = new Set<ScanResult>([
  'PMD_NULL',
  'PTE_NON_PRESENT',
  'PAGE_RO',
  'PAGE_NULL',
  'PAGE_COUNT',
  'PAGE_LRU',
]);

/** madvise_collapse(): 0 where all whole PMD ranges of `[start, end)` are mapped by a PMD now, else a negative errno. */
export function madvise_collapse(k: Kernel, vma: Vma, start: number, end: number): number {
  const { pages } = k.arch.pmd!;
  if (!collapse_allowed(k, vma)) return k.fails('collapse_not_allowed', -EINVAL);
  const hstart = Math.ceil(start / pages) * pages;
  const hend = end - (end % pages);
  let thps = 0;
  let last: ScanResult = 'FAIL';
  for (let addr = hstart; addr < hend; addr += pages) {
    const result = vma_is_anonymous(vma) ? hpage_collapse_scan_pmd(k, vma, addr) : collapse_scan_file(k, vma, addr);
    if (result === 'SUCCEED' || result === 'PMD_MAPPED') {
      thps++;
      continue;
    }
    last = result;
    if (!GOES_ON.has(result)) break;
  }
  if (thps * pages === hend - hstart) return 0;
  return madvise_collapse_errno(k, last);
}

/** madvise_collapse_errno(). */
function madvise_collapse_errno(k: Kernel, result: ScanResult): number {
  if (result === 'ALLOC_HUGE_PAGE_FAIL') return k.fails('no_free_page', -ENOMEM);
  if (result === 'PAGE_COUNT') return k.fails('collapse_held', -EAGAIN);
  if (result === 'PAGE_LRU') return k.fails('collapse_not_on_lru', -EAGAIN);
  return k.fails(REFUSED[result] ?? 'collapse_failed', -EINVAL);
}

/** What a scan found that lets madvise_collapse_errno() say EINVAL. */
const REFUSED = {
  PMD_NULL: 'collapse_no_table',
  PMD_NONE: 'collapse_no_table',
  PTE_NON_PRESENT: 'collapse_not_present',
  PAGE_RO: 'collapse_read_only',
  PAGE_NULL: 'collapse_no_page',
  PAGE_ANON: 'collapse_private_copy',
  PAGE_COMPOUND: 'collapse_compound',
  VMA_CHECK: 'collapse_vma',
  EXCEED_NONE_PTE: 'collapse_too_many_holes',
} as const satisfies Partial<Record<ScanResult, FailureReason>> as Partial<Record<ScanResult, FailureReason>>;

/** thp_vma_allowable_order() (include/linux/huge_mm.h) of the PMD's order, neither for a fault nor by the settings. */
function collapse_allowed(k: Kernel, vma: Vma): boolean {
  const { pages } = k.arch.pmd!;
  const order = Math.log2(pages);
  if (vma_thp_disabled(vma) || (vma.vm_flags & (VM_SPECIAL | VM_HUGETLB)) !== 0) return false;
  if (!thp_vma_suitable_order(vma, vma.vm_end - pages, order)) return false;
  if (vma_is_anonymous(vma)) return vma.anon_vma !== null;
  // shmem_allowable_huge_orders() of a forced collapse
  return vma.vm_ops?.kind === 'shmem' && k.thp.state.shmem_enabled !== 'deny';
}

/** hpage_collapse_scan_pmd() and collapse_huge_page() of the PMD range at `first`. */
function hpage_collapse_scan_pmd(k: Kernel, vma: Vma, first: number): ScanResult {
  const { pages } = k.arch.pmd!;
  const { pt } = vma.mm;
  const pteval = newPte();
  if (pt.getHuge(PMD, first, pteval)) return k.arch.pmd!.present(pteval) ? 'PMD_MAPPED' : 'PMD_NULL';
  if (pt.pmdNone(first)) return 'PMD_NONE';
  const armed = (vma.vm_flags & (VM_UFFD_MISSING | VM_UFFD_WP)) !== 0;
  let writable = false;
  for (let vpn = first; vpn < first + pages; vpn++) {
    pt.get(vpn, pteval);
    if (k.pte.none(pteval) || (k.pte.present(pteval) && k.machine.is_zero_pfn(k.pte.pfn(pteval)))) {
      if (armed) return 'EXCEED_NONE_PTE';
      continue;
    }
    if (!k.pte.present(pteval)) return 'PTE_NON_PRESENT';
    if (k.pte.write(pteval)) writable = true;
    const page = vm_normal_page(k, vma, vpn, pteval);
    if (page < 0) return 'PAGE_NULL';
    if (!k.test_anon(page)) return 'PAGE_ANON';
    if (!k.frames.test(k.page_folio(page), PG.lru)) return 'PAGE_LRU';
    if (!is_refcount_suitable(k, page)) return 'PAGE_COUNT';
  }
  return writable ? collapse_huge_page(k, vma, first) : 'PAGE_RO';
}

/** collapse_huge_page(). */
function collapse_huge_page(k: Kernel, vma: Vma, first: number): ScanResult {
  const codec = k.arch.pmd!;
  const head = k.alloc_folio(Math.log2(codec.pages));
  if (head < 0) {
    k.vmstat.count_vm_event('THP_COLLAPSE_ALLOC_FAILED');
    return 'ALLOC_HUGE_PAGE_FAIL';
  }
  k.vmstat.count_vm_event('THP_COLLAPSE_ALLOC');
  const present = __collapse_huge_page_copy(k, vma, first, head);
  k.frames.setFlag(head, PG.uptodate);
  map_anon_folio_pmd(k, vma, first, head, codec);
  // what was mapped before was counted before
  vma.mm.add_mm_counter(1, -present);
  deferred_split_folio(k, k.large_folio(head)!, false);
  return 'SUCCEED';
}

/** __collapse_huge_page_copy() and __collapse_huge_page_copy_succeeded(): how many pages were mapped. */
function __collapse_huge_page_copy(k: Kernel, vma: Vma, first: number, head: number): number {
  const { pages } = k.arch.pmd!;
  const { pt } = vma.mm;
  const pteval = newPte();
  const isolated = new Set<number>();
  let present = 0;
  for (let i = 0; i < pages; i++) {
    pt.get(first + i, pteval);
    if (!k.pte.present(pteval) || k.machine.is_zero_pfn(k.pte.pfn(pteval))) continue;
    const page = k.pte.pfn(pteval);
    const content = k.frames.get(page, F.content);
    if (content !== 0) k.frames.set(head + i, F.content, content);
    const folio = k.large_folio(page);
    if (folio !== undefined && !isolated.has(folio.id)) {
      // folio_isolate_lru()
      isolated.add(folio.id);
      k.get_page(folio.id);
    }
  }
  for (let i = 0; i < pages; i++) {
    pt.get(first + i, pteval);
    if (k.pte.none(pteval)) continue;
    pt.clear(first + i);
    const page = k.pte.pfn(pteval);
    if (k.machine.is_zero_pfn(page)) continue;
    present++;
    folio_remove_rmap_pte(k, page, vma);
    k.put_page(page);
  }
  for (const folio of isolated) {
    folio_add_lru(k, folio);
    k.put_page(folio);
  }
  return present;
}
