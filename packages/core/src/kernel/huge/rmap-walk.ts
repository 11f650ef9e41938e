// SPDX-License-Identifier: GPL-2.0-or-later
/** rmap_walk() (mm/rmap.c) of a folio: the VMAs that may map it, and where in them its first page lies. */
import { F } from '../../machine/frame-table.js';
import { IdList } from '../../mm/id-list.js';
import type { Vma } from '../../mm/vma.js';
import type { Kernel } from '../base/kernel.js';
import { vma_start_anon_pgoff } from '../base/page-index.js';

export interface RmapPlace {
  readonly vma: Vma;
  /** Where its first page would be, which may lie before the VMA. */
  readonly first: number;
  /** The part of the folio's range that lies in the VMA. */
  readonly start: number;
  readonly end: number;
}

/** rmap_walk(): in the order of the interval tree. `pages`: of the folio. */
export function rmap_walk_folio(k: Kernel, head: number, pages: number): RmapPlace[] {
  const mapping = k.frames.get(head, F.mapping);
  const index = k.frames.get(head, F.index);
  const anon = k.test_anon(head);
  const ids = anon ? k.anon_vmas.get(mapping)?.vmas : k.heap.files.get(-mapping)?.i_mmap;
  const found: (RmapPlace & { readonly offset: number })[] = [];
  for (const vma of k.heap.vmasOf(ids ?? IdList.empty)) {
    const offset = anon ? vma_start_anon_pgoff(k, vma) : vma.vm_pgoff;
    const first = vma.vm_start + index - offset;
    const start = Math.max(first, vma.vm_start);
    const end = Math.min(first + pages, vma.vm_end);
    if (start < end) found.push({ vma, first, start, end, offset });
  }
  // a file's list has the tree's order already
  return anon ? found.sort((a, b) => a.offset - b.offset) : found;
}
