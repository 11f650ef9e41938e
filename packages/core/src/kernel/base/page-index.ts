// SPDX-License-Identifier: GPL-2.0-or-later
/** The index of an anonymous page in its VMA's terms (include/linux/pagemap.h). */
import type { Vma } from '../../mm/vma.js';
import type { Kernel } from './kernel.js';

/** vma_start_anon_pgoff() (include/linux/mm.h of 7.3): the index that an anonymous page at the start of the VMA has. */
export function vma_start_anon_pgoff(k: Kernel, vma: Pick<Vma, 'anon_pgoff' | 'vm_pgoff'>): number {
  return k.feature.anon_pgoff ? vma.anon_pgoff : vma.vm_pgoff;
}

/** linear_anon_page_index() (include/linux/pagemap.h): folio->index of an anonymous page. */
export function linear_anon_page_index(k: Kernel, vma: Vma, vpn: number): number {
  return vma_start_anon_pgoff(k, vma) + (vpn - vma.vm_start);
}
