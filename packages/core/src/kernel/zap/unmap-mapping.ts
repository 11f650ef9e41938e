// SPDX-License-Identifier: GPL-2.0-or-later
/** unmap_mapping_range() (mm/memory.c): takes a part of a file out of everybody's page tables. */
import type { AddressSpace } from '../../mm/vma.js';
import type { Kernel } from '../base/kernel.js';
import { zap_page_range_single } from './zap.js';

/**
 * unmap_mapping_range() (mm/memory.c). `pages` 0: to the end of the file. VMAs are found through i_mmap: one whose
 * `->mmap` still runs is not there yet, and keeps its PTEs.
 */
export function unmap_mapping_range(
  k: Kernel,
  mapping: AddressSpace,
  pgoff: number,
  pages: number,
  even_cows: boolean,
): void {
  const first = pgoff;
  const last = pages === 0 ? Number.MAX_SAFE_INTEGER : pgoff + pages - 1;
  for (const vma of k.heap.mapping(mapping, first, last)) {
    const vba = vma.vm_pgoff;
    const vea = vba + vma.pages - 1;
    const zba = Math.max(first, vba);
    const zea = Math.min(last, vea);
    zap_page_range_single(k, vma, zba - vba + vma.vm_start, zea - zba + 1, even_cows);
  }
}
