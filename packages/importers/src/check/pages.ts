// SPDX-License-Identifier: GPL-2.0-or-later
/** The pages that a VMA of the model maps. */

import type { Pte } from '@specialbit/core/arch';
import { describeEntry, type Kernel, type Mm, PMD, PTE, type Vma, vm_normal_page } from '@specialbit/core/kernel';

const pte: Pte = { lo: 0, hi: 0 };

export interface PageCount {
  /** Normal pages: what is counted in Rss. */
  readonly rss: number;
  readonly anonymous: number;
  readonly present: number;
}

export function countPages(k: Kernel, mm: Mm, vma: Vma): PageCount {
  let rss = 0;
  let anonymous = 0;
  let present = 0;
  mm.pt.forEachEntry(vma.vm_start, vma.vm_end, pte, (vpn, level) => {
    if (level !== PTE) {
      // smaps_pmd_entry() (fs/proc/task_mmu.c): all pages of it, if it is of pages
      const { kind, verdict, pages } = describeEntry(k, vma, vpn, level, pte);
      if (kind === 'present') present += pages;
      if (verdict !== 'page') return;
      rss += pages;
      if (k.test_anon((level === PMD ? k.arch.pmd : k.arch.pud)!.pfn(pte))) anonymous += pages;
      return;
    }
    if (!k.pte.present(pte)) return;
    present++;
    const page = vm_normal_page(k, vma, vpn, pte);
    if (page < 0) return;
    rss++;
    if (k.test_anon(page)) anonymous++;
  });
  return { rss, anonymous, present };
}
