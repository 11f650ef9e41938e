// SPDX-License-Identifier: GPL-2.0-or-later
/** fork(), mprotect() and mremap() of hugetlb (mm/hugetlb.c). */
import { is_cow_mapping } from '../../mm/vm-flags.js';
import type { Vma } from '../../mm/vma.js';
import { ENOSPC } from '../base/errno.js';
import { type Kernel, newPte } from '../base/kernel.js';
import { alloc_hugetlb_folio } from './alloc.js';
import { hstate_vma, huge_codec, huge_pte_modify, make_huge_pte, pages_per_huge_page } from './hstate.js';
import {
  copy_user_large_folio,
  hugetlb_add_file_rmap,
  hugetlb_add_new_anon_rmap,
  hugetlb_try_dup_anon_rmap,
} from './rmap.js';

/** copy_hugetlb_page_range(): 0, or -ENOSPC where a pinned page has to be copied and the pool has none. */
export function copy_hugetlb_page_range(k: Kernel, dst: Vma, src: Vma): number {
  const h = hstate_vma(k, src);
  const codec = huge_codec(k, h);
  const cow = is_cow_mapping(src.vm_flags);
  const entry = newPte();
  const size = pages_per_huge_page(h);
  for (let first = src.vm_start; first < src.vm_end; first += size) {
    if (!src.mm.pt.getHuge(h.level, first, entry)) continue;
    const folio = k.large_folio(codec.pfn(entry))!;
    if (!k.test_anon(folio.id)) {
      hugetlb_add_file_rmap(folio);
    } else if (!hugetlb_try_dup_anon_rmap(k, folio, src)) {
      const new_folio = alloc_hugetlb_folio(k, h, dst, first, false);
      if (new_folio === undefined) return k.fails('hugetlb_no_page', -ENOSPC);
      copy_user_large_folio(k, new_folio, folio);
      // hugetlb_install_folio()
      hugetlb_add_new_anon_rmap(k, new_folio, dst, first);
      dst.mm.pt.setHuge(h.level, first, make_huge_pte(k, dst, h, new_folio, true));
      continue;
    }
    k.get_page(folio.id);
    if (cow) {
      codec.wrprotect(entry);
      src.mm.pt.setHuge(h.level, first, entry);
    }
    dst.mm.pt.setHuge(h.level, first, entry);
  }
  return 0;
}

/** hugetlb_change_protection(): no entry becomes writable that a fault would have to look at first. */
export function hugetlb_change_protection(k: Kernel, vma: Vma, start: number, end: number): void {
  const h = hstate_vma(k, vma);
  const codec = huge_codec(k, h);
  const entry = newPte();
  for (let first = start; first < end; first += pages_per_huge_page(h)) {
    if (!vma.mm.pt.getHuge(h.level, first, entry)) continue;
    huge_pte_modify(k, codec, entry, vma.vm_page_prot);
    vma.mm.pt.setHuge(h.level, first, entry);
  }
}

/** move_hugetlb_page_tables(). */
export function move_hugetlb_page_tables(k: Kernel, vma: Vma, old_addr: number, new_addr: number, len: number): void {
  const h = hstate_vma(k, vma);
  const { pt } = vma.mm;
  const entry = newPte();
  for (let at = 0; at < len; at += pages_per_huge_page(h)) {
    if (!pt.getHuge(h.level, old_addr + at, entry)) continue;
    pt.clearHuge(h.level, old_addr + at);
    pt.setHuge(h.level, new_addr + at, entry);
  }
}
