// SPDX-License-Identifier: GPL-2.0-or-later
/** free_pgtables() (mm/memory.c): page tables of what is mapped no more. */
import type { Vma } from '../../mm/vma.js';
import type { Kernel } from '../base/kernel.js';

/**
 * free_pgtables(): the tables of PTEs below VMAs that were unmapped, where nothing else uses them: those that lie in
 * `[floor, ceiling)` as a whole. Only machines with transparent huge pages ask for tables without entries.
 */
export function free_pgtables(k: Kernel, vmas: readonly Vma[], floor: number, ceiling: number): void {
  const { pmd } = k.arch;
  if (!k.thp.on || pmd === undefined) return;
  for (const { mm, vm_start, vm_end } of vmas) {
    for (let first = vm_start - (vm_start % pmd.pages); first < vm_end; first += pmd.pages) {
      if (first < floor || first + pmd.pages > ceiling) continue;
      if (mm.pt.hasTable(first)) mm.pt.freeTable(first);
    }
  }
}
