// SPDX-License-Identifier: GPL-2.0-or-later
/** /proc/PID/smaps, pagemap and kpagecount of what is mapped (fs/proc/task_mmu.c, fs/proc/page.c). */
import type { Pte } from '../arch/contract.js';
import type { Kernel } from '../kernel/base/kernel.js';
import {
  folio_average_page_mapcount,
  folio_maybe_mapped_shared,
  folio_precise_page_mapcount,
  page_mapcount_enabled,
} from '../kernel/folio/large-mapcount.js';
import { is_vm_hugetlb_page } from '../kernel/hugetlb/hstate.js';
import { vm_normal_page, vm_normal_page_huge } from '../kernel/pte/normal-page.js';
import { PG } from '../machine/frame-table.js';
import { type Level, PMD, PTE } from '../mm/level.js';
import { codecOf } from '../mm/page-table-layout.js';
import { VM_PFNMAP } from '../mm/vm-flags.js';
import type { Vma } from '../mm/vma.js';

/** PSS_SHIFT (fs/proc/task_mmu.c): fixed-point bits of a proportional size. */
export const PSS_SHIFT = 12;

/** struct mem_size_stats of a VMA, in kilobytes as smaps shows them. */
export interface Smaps {
  Rss: number;
  Pss: number;
  /** Shared_Clean and Shared_Dirty. */
  Shared: number;
  /** Private_Clean and Private_Dirty. */
  Private: number;
  Anonymous: number;
  AnonHugePages: number;
  ShmemPmdMapped: number;
  FilePmdMapped: number;
  /** Pages of hugetlb, which are in none of the others. */
  Shared_Hugetlb: number;
  Private_Hugetlb: number;
}

/** get_kpage_count() (fs/proc/page.c): what /proc/kpagecount has for a page, and gather_stats() takes for mapmax. */
export function get_kpage_count(k: Kernel, page: number): number {
  return page_mapcount_enabled(k) ? folio_precise_page_mapcount(k, page) : folio_average_page_mapcount(k, page);
}

/**
 * __folio_page_mapped_exclusively() (fs/proc/task_mmu.c): PM_MMAP_EXCLUSIVE of a page (a pfn) in pagemap. `first`: the first
 * page of the PMD that maps it; the page itself where a PTE does.
 */
export function page_mapped_exclusively(k: Kernel, page: number, first = page): boolean {
  // pagemap_hugetlb_range()
  if (k.large_folio(page)?.hugetlb === true) return !folio_maybe_mapped_shared(k, page);
  if (!page_mapcount_enabled(k)) return !folio_maybe_mapped_shared(k, page);
  // pagemap_pmd_range() asked for each page of a PMD; since this function came, in the series of mm_id, for the first one in
  // place of all (`page` where 6.12 has `page + idx`)
  return folio_precise_page_mapcount(k, k.feature.mm_id ? first : page) === 1;
}

/** The share of a page that is mapped so often, in bytes times `2 ** PSS_SHIFT`. */
export function pssOf(k: Kernel, mapcount: number): number {
  const whole = k.arch.page.size * 2 ** PSS_SHIFT;
  return mapcount >= 2 ? Math.floor(whole / mapcount) : whole;
}

/** show_smap() (fs/proc/task_mmu.c) of a VMA. */
export function smapsOf(k: Kernel, vma: Vma): Smaps {
  const stats: Smaps = {
    Rss: 0,
    Pss: 0,
    Shared: 0,
    Private: 0,
    Anonymous: 0,
    AnonHugePages: 0,
    ShmemPmdMapped: 0,
    FilePmdMapped: 0,
    Shared_Hugetlb: 0,
    Private_Hugetlb: 0,
  };
  // walk_page_test() (mm/pagewalk.c)
  if ((vma.vm_flags & VM_PFNMAP) !== 0 && !k.feature.smaps_walks_pfnmap) return stats;
  const p = { lo: 0, hi: 0 };
  const { pmd } = k.arch;
  const hugetlb = is_vm_hugetlb_page(vma);
  vma.mm.pt.forEachEntry(vma.vm_start, vma.vm_end, p, (first, level) => {
    if (hugetlb) {
      smaps_hugetlb_range(k, stats, level, p);
    } else if (level === PTE) {
      if (!k.pte.present(p)) return;
      const page = vm_normal_page(k, vma, first, p);
      if (page >= 0) smaps_account(k, stats, page, 1);
    } else if (level === PMD && pmd?.present(p) === true) {
      const page = vm_normal_page_huge(k, vma, first, PMD, p);
      if (page < 0) return;
      const member = k.test_anon(page)
        ? 'AnonHugePages'
        : k.frames.test(k.page_folio(page), PG.swapbacked)
          ? 'ShmemPmdMapped'
          : 'FilePmdMapped';
      stats[member] += pmd.pages * k.arch.page.size;
      smaps_account(k, stats, page, pmd.pages);
    }
  });
  const kilobytes = (bytes: number): number => Math.floor(bytes / 1024);
  for (const member of Object.keys(stats) as (keyof Smaps)[]) {
    stats[member] = kilobytes(member === 'Pss' ? stats.Pss / 2 ** PSS_SHIFT : stats[member]);
  }
  return stats;
}

/** smaps_hugetlb_range() (fs/proc/task_mmu.c): an entry of a mapping of hugetlb. */
function smaps_hugetlb_range(k: Kernel, stats: Smaps, level: Level, p: Readonly<Pte>): void {
  const codec = codecOf(k.arch, level)!;
  if (!codec.present(p)) return;
  const pfn = codec.pfn(p);
  const bytes = (k.large_folio(pfn)?.pages ?? 1) * k.arch.page.size;
  stats[folio_maybe_mapped_shared(k, pfn) ? 'Shared_Hugetlb' : 'Private_Hugetlb'] += bytes;
}

/** smaps_account() (fs/proc/task_mmu.c): one reference is one mapping, whatever is counted. */
function smaps_account(k: Kernel, stats: Smaps, page: number, nr: number): void {
  const { size } = k.arch.page;
  if (k.test_anon(page)) stats.Anonymous += nr * size;
  stats.Rss += nr * size;
  if (k.page_count(page) === 1) {
    stats.Pss += pssOf(k, 1) * nr;
    stats.Private += nr * size;
    return;
  }
  const precise = page_mapcount_enabled(k);
  const shared = !precise && folio_maybe_mapped_shared(k, page);
  for (let i = 0; i < nr; i++) {
    const mapcount = get_kpage_count(k, page + i);
    stats.Pss += pssOf(k, mapcount);
    stats[(precise ? mapcount < 2 : !shared) ? 'Private' : 'Shared'] += size;
  }
}
