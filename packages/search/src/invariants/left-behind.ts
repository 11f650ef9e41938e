// SPDX-License-Identifier: GPL-2.0-or-later
/** What unmap_mapping_range() (mm/memory.c) was to take away, and did not. */
import { type Kernel, PG, type Vma } from '@specialbit/core/kernel';
import type { LogEvent } from '@specialbit/events';

type Unmap = Extract<LogEvent, { readonly type: 'unmap_mapping_range' }>;

/** A sentence for each mapping of the file that still has entries of the range; asked right behind the event. */
export function leftBehind(k: Kernel, event: Unmap): string[] {
  const found: string[] = [];
  for (const [mm, { vma, label }] of k.opened) {
    const entries = entriesOf(k, vma, event);
    if (entries === 0) continue;
    const where = label === undefined ? `a mapping of mm ${mm}` : label;
    found.push(`unmap_mapping_range() misses ${where}: ${stay(entries)}, for the VMA is not in the file's i_mmap yet`);
  }
  for (const mm of k.mms.values()) {
    for (const vma of mm.vmas) {
      const entries = entriesOf(k, vma, event);
      if (entries === 0) continue;
      const where = mm.placeName(vma.vm_start) ?? `a mapping of mm ${mm.id}`;
      found.push(`unmap_mapping_range() misses ${where}: ${stay(entries)}`);
    }
  }
  return found;
}

const stay = (entries: number): string => (entries === 1 ? 'an entry stays' : `${entries} entries stay`);

/** Entries of a VMA of that file within the range that are left; without `even_cows` a process keeps its own copies. */
function entriesOf(k: Kernel, vma: Vma, { file, pgoff, pages, even_cows }: Unmap): number {
  if (vma.vm_file?.name !== file) return 0;
  // 0 pages: to the end of the file
  const first = Math.max(vma.vm_start, vma.vm_start + pgoff - vma.vm_pgoff);
  const end = pages === 0 ? vma.vm_end : Math.min(vma.vm_end, vma.vm_start + pgoff + pages - vma.vm_pgoff);
  let entries = 0;
  const p = { lo: 0, hi: 0 };
  if (first >= end) return 0;
  vma.mm.pt.forEachEntry(first, end, p, () => {
    const own = k.pte.present(p) ? k.frames.test(k.page_folio(k.pte.pfn(p)), PG.anon) : true;
    if (even_cows || !own) entries++;
  });
  return entries;
}
