/** Where a mapping goes (mm/mmap.c: __get_unmapped_area and the architectures' versions). */
import type { AddressSpace } from '../mm/address-space.js';
import type { Mm } from '../mm/mm.js';
import { EINVAL, ENOMEM } from './codes.js';
import type { Kernel } from './kernel.js';

export interface UnmappedAreaRequest {
  readonly file: AddressSpace | null;
  /** Wanted virtual page number; 0 for none. */
  readonly addr: number;
  readonly pages: number;
  readonly pgoff: number;
  readonly fixed: boolean;
  readonly shared: boolean;
}

/** The first virtual page number, or a negative errno. */
export function get_unmapped_area(k: Kernel, mm: Mm, r: UnmappedAreaRequest): number {
  const { task_pages } = k.arch;
  if (r.pages > task_pages) return -ENOMEM;
  if (r.fixed) {
    if (wrongColour(k, r)) return -EINVAL;
    return r.addr > task_pages - r.pages ? -ENOMEM : r.addr;
  }
  if (r.addr > 0 && r.addr <= task_pages - r.pages && isFree(mm, r.addr, r.addr + r.pages)) return r.addr;
  return top_down(k, mm, r.pages);
}

/**
 * A shared mapping at an address whose cache colour differs from its offset's: refused where the
 * data cache has aliases (arch_get_unmapped_area_common in arch/mips/mm/mmap.c).
 */
function wrongColour(k: Kernel, r: UnmappedAreaRequest): boolean {
  const colours = k.arch.facts.shm_align / k.arch.page.size;
  return colours > 1 && r.shared && (r.addr - r.pgoff) % colours !== 0;
}

function isFree(mm: Mm, start: number, end: number): boolean {
  const next = mm.vmas[mm.findIndex(start)];
  return next === undefined || next.vm_start >= end;
}

/** vm_unmapped_area() from the top: the highest gap that is large enough. */
function top_down(k: Kernel, mm: Mm, pages: number): number {
  // mmap_base(): below the stack and its largest random gap
  let end = Math.floor(k.arch.task_pages - (k.arch.task_pages > 2 ** 21 ? 2 ** 15 : 2 ** 13));
  for (let i = mm.vmas.length - 1; i >= 0; i--) {
    const vma = mm.vmas[i]!;
    if (vma.vm_start >= end) continue;
    if (vma.vm_end <= end - pages) return end - pages;
    end = vma.vm_start;
  }
  return end - pages >= 16 ? end - pages : -ENOMEM;
}
