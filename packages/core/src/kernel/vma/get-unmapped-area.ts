// SPDX-License-Identifier: GPL-2.0-or-later
/** Where a mapping goes (mm/mmap.c: __get_unmapped_area and the architectures' versions). */

import { VM_GROWSDOWN } from '../../mm/vm-flags.js';
import type { AddressSpace, Mm, Vma } from '../../mm/vma.js';
import { EINVAL, ENOMEM } from '../base/errno.js';
import type { Kernel } from '../base/kernel.js';
import { hstate_inode, is_unaligned, pages_per_huge_page } from '../hugetlb/hstate.js';
import { STACK_GUARD_GAP } from './expand-stack.js';

export interface UnmappedAreaRequest {
  readonly file: AddressSpace | null;
  /** Wanted virtual page number; 0 for none. */
  readonly addr: number;
  readonly pages: number;
  readonly pgoff: number;
  readonly fixed: boolean;
  readonly shared: boolean;
}

/** __get_unmapped_area() (mm/mmap.c): the first virtual page number, or a negative errno. */
export function get_unmapped_area(k: Kernel, mm: Mm, r: UnmappedAreaRequest): number {
  const { task_pages } = k.arch;
  if (r.pages > task_pages) return k.fails('mmap_too_long', -ENOMEM);
  const huge = r.file?.kind === 'hugetlbfs' ? r.file : undefined;
  if (huge !== undefined) return hugetlb_get_unmapped_area(k, mm, huge, r);
  if (r.fixed) {
    if (wrongColour(k, r)) return k.fails('area_colour', -EINVAL);
    return r.addr > task_pages - r.pages ? k.fails('area_beyond', -ENOMEM) : r.addr;
  }
  if (r.addr > 0 && r.addr <= task_pages - r.pages && isFree(mm, r.addr, r.addr + r.pages)) return r.addr;
  return thp_get_unmapped_area(k, mm, r) ?? top_down(k, mm, r.pages);
}

/**
 * arch_get_unmapped_area_common() (arch/mips/mm/mmap.c): a shared mapping at an address whose cache colour differs
 * from its offset's is refused where the data cache has aliases.
 */
function wrongColour(k: Kernel, r: UnmappedAreaRequest): boolean {
  const colours = k.arch.facts.shm_align / k.arch.page.size;
  return colours > 1 && r.shared && (r.addr - r.pgoff) % colours !== 0;
}

/**
 * __thp_get_unmapped_area() (mm/huge_memory.c): what could have a huge page is put where its offset and
 * its address agree within one; undefined where that is not tried. Anonymous memory must be a multiple
 * of a huge page long, files of a disk (whose file systems have it as .get_unmapped_area) only contain one.
 */
function thp_get_unmapped_area(k: Kernel, mm: Mm, r: UnmappedAreaRequest): number | undefined {
  if (k.arch.bits !== 64 || !k.profile.config.has('CONFIG_TRANSPARENT_HUGEPAGE')) return undefined;
  const size = k.ptrs_per_pte;
  if (r.file === null) {
    if (r.shared || r.addr > 0 || r.pages % size !== 0) return undefined;
  } else if (r.file.kind !== 'file') {
    return undefined;
  }
  const off = r.file === null ? 0 : r.pgoff;
  const aligned = Math.ceil(off / size) * size;
  if (off + r.pages - aligned < size) return undefined;
  const found = top_down(k, mm, r.pages + size);
  if (found < 0) return undefined;
  const rest = (((off - found) % size) + size) % size;
  return found + (rest === 0 ? size : rest);
}

/** hugetlb_get_unmapped_area() (arch/x86/mm/hugetlbpage.c, fs/hugetlbfs/inode.c): at a multiple of a huge page. */
function hugetlb_get_unmapped_area(k: Kernel, mm: Mm, file: AddressSpace, r: UnmappedAreaRequest): number {
  const { task_pages } = k.arch;
  const h = hstate_inode(k, file);
  const size = pages_per_huge_page(h);
  if (r.fixed) {
    if (is_unaligned(h, r.addr)) return k.fails('hugetlb_area', -EINVAL);
    return r.addr > task_pages - r.pages ? k.fails('area_beyond', -ENOMEM) : r.addr;
  }
  const hint = r.addr - (r.addr % size);
  if (hint > 0 && hint <= task_pages - r.pages && isFree(mm, hint, hint + r.pages)) return hint;
  return top_down(k, mm, r.pages, size);
}

/** vm_start_gap(): a stack keeps room to grow. */
function vm_start_gap(vma: Pick<Vma, 'vm_flags' | 'vm_start'>): number {
  return (vma.vm_flags & VM_GROWSDOWN) !== 0 ? Math.max(0, vma.vm_start - STACK_GUARD_GAP) : vma.vm_start;
}

/** __get_unmapped_area() (mm/mmap.c): nothing is in the way of the hint. */
function isFree(mm: Mm, start: number, end: number): boolean {
  const next = mm.find_vma(start);
  return next === undefined || vm_start_gap(next) >= end;
}

/** vm_unmapped_area() from the top: the highest gap that is large enough, and there the highest multiple of `align`. */
function top_down(k: Kernel, mm: Mm, pages: number, align = 1): number {
  // mmap_base(): below the stack and its largest random gap
  let end = Math.floor(k.arch.task_pages - (k.arch.task_pages > 2 ** 21 ? 2 ** 15 : 2 ** 13));
  for (let vma = mm.peek_before(Infinity); vma !== undefined; vma = mm.peek_before(vma.vm_start)) {
    if (vma.vm_start >= end) continue;
    const start = end - pages - ((end - pages) % align);
    if (vma.vm_end <= start) return start;
    // the kernel's tree knows the largest gap below each of its nodes
    vma = mm.pass_gapless(vma, pages);
    end = vm_start_gap(vma);
  }
  const lowest = end - pages - ((end - pages) % align);
  return lowest >= 16 ? lowest : k.fails('area_none', -ENOMEM);
}
