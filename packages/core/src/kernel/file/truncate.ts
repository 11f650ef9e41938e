// SPDX-License-Identifier: GPL-2.0-or-later
/** Taking pages out of a tmpfs file (mm/shmem.c: shmem_fallocate with FALLOC_FL_PUNCH_HOLE, mm/truncate.c). */
import { F, PG } from '../../machine/frame-table.js';
import type { AddressSpace } from '../../mm/vma.js';
import type { Kernel } from '../base/kernel.js';
import { unmap_mapping_range } from '../zap/unmap-mapping.js';

/** shmem_fallocate() (mm/shmem.c) with FALLOC_FL_PUNCH_HOLE. */
export function shmem_punch_hole(k: Kernel, file: AddressSpace, index: number, pages: number): void {
  unmap_mapping_range(k, file, index, pages, false);
  shmem_truncate(k, file, index, pages);
}

/** shmem_truncate_range(): pages and swap slots of the range leave the file. */
export function shmem_truncate(k: Kernel, file: AddressSpace, index: number, pages: number): void {
  for (const [i, pfn] of file.page_cache.range(index, index + pages)) {
    file.setPage(i, undefined);
    k.frames.clearFlag(pfn, PG.dirty);
    k.frames.set(pfn, F.mapping, 0);
    k.put_page(pfn);
  }
  for (const [i, offset] of file.swapped.range(index, index + pages)) {
    file.setSwapped(i, undefined);
    const slot = k.swap.edit(offset);
    if (slot !== undefined) slot.count--;
    k.swap.freeIfUnused(offset);
  }
}
