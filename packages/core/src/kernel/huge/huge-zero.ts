// SPDX-License-Identifier: GPL-2.0-or-later
/** The huge zero folio of a machine that allocates it (mm/huge_memory.c): its users are address spaces. */
import { PG } from '../../machine/frame-table.js';
import type { Mm } from '../../mm/vma.js';
import type { Kernel } from '../base/kernel.js';

/** mm_get_huge_zero_folio(): false without memory for it. An address space counts once, until its end. */
export function mm_get_huge_zero_folio(k: Kernel, mm: Mm): boolean {
  if (!k.thp.on || mm.huge_zero_page) return true;
  if (!get_huge_zero_page(k)) return false;
  mm.huge_zero_page = true;
  return true;
}

/** get_huge_zero_page(): the shrinker has one reference beside those of the users. */
function get_huge_zero_page(k: Kernel): boolean {
  const { huge_zero_refcount } = k.thp.state;
  if (huge_zero_refcount > 0) {
    k.thp.change({ huge_zero_refcount: huge_zero_refcount + 1 });
    return true;
  }
  const pfn = k.alloc_folio(Math.log2(k.arch.pmd!.pages), false);
  if (pfn < 0) {
    k.vmstat.count_vm_event('THP_ZERO_PAGE_ALLOC_FAILED');
    return false;
  }
  k.frames.setFlag(pfn, PG.uptodate);
  k.thp.change({ huge_zero_pfn: pfn, huge_zero_refcount: 2 });
  k.vmstat.count_vm_event('THP_ZERO_PAGE_ALLOC');
  return true;
}

/** mm_put_huge_zero_folio(): at the end of an address space. */
export function mm_put_huge_zero_folio(k: Kernel, mm: Mm): void {
  if (!mm.huge_zero_page) return;
  k.thp.change({ huge_zero_refcount: k.thp.state.huge_zero_refcount - 1 });
}

/** shrink_huge_zero_page_count() and shrink_huge_zero_page_scan(): pages that can be given back, and that were. */
export function shrink_huge_zero_page(k: Kernel): { readonly count: number; readonly ret: number } {
  const { huge_zero_refcount, huge_zero_pfn } = k.thp.state;
  if (huge_zero_refcount !== 1) return { count: 0, ret: 0 };
  const { pages } = k.arch.pmd!;
  k.thp.change({ huge_zero_refcount: 0, huge_zero_pfn: -1 });
  k.put_page(huge_zero_pfn);
  return { count: pages, ret: pages };
}
