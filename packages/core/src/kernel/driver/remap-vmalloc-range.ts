// SPDX-License-Identifier: GPL-2.0-or-later
/** remap_vmalloc_range() (mm/vmalloc.c): a driver maps memory of vmalloc_user(), page by page, with vm_insert_page(). */
import type { RemapVmalloc } from '@specialbit/events';
import { VM_DONTDUMP, VM_DONTEXPAND } from '../../mm/vm-flags.js';
import type { Vma } from '../../mm/vma.js';
import { EINVAL } from '../base/errno.js';
import type { Kernel } from '../base/kernel.js';
import { vma_start_write } from '../base/vm-flags-set.js';
import { vm_insert_page } from './insert-page.js';

/**
 * remap_vmalloc_range_partial(): pages `[start, start + size)` onto the pages of an area from `pfn + pgoff` on. An error in
 * the middle leaves what was inserted before it, and vm_flags as they were.
 */
export function remap_vmalloc_range_partial(
  k: Kernel,
  vma: Vma,
  call: RemapVmalloc,
  start: number,
  pfn: number,
  size: number,
): number {
  const { area, pgoff, pages } = call;
  if (area === 'vmalloc') return k.fails('vmalloc_not_user', -EINVAL);
  if (size + pgoff > pages) return k.fails('vmalloc_range', -EINVAL);
  // a size of 0 is counted down all the same: the loop ends where an insertion fails
  const end = size === 0 ? Number.POSITIVE_INFINITY : size;
  for (let i = 0; i < end; i++) {
    if (pgoff + i >= pages) k.oops('oops_vmalloc_to_page', pfn + pgoff + i);
    const ret = vm_insert_page(k, vma, start + i, pfn + pgoff + i);
    if (ret !== 0) return ret;
  }
  vma_start_write(k);
  k.setFlags(vma, vma.vm_flags | VM_DONTEXPAND | VM_DONTDUMP, 'flags_vmalloc');
  return 0;
}

/** remap_vmalloc_range(): the whole VMA. */
export function remap_vmalloc_range(k: Kernel, vma: Vma, call: RemapVmalloc, pfn: number): number {
  return remap_vmalloc_range_partial(k, vma, call, vma.vm_start, pfn, vma.pages);
}
