// SPDX-License-Identifier: GPL-2.0-or-later
/** Taking pages out of a tmpfs file (mm/shmem.c: shmem_fallocate with FALLOC_FL_PUNCH_HOLE, mm/truncate.c). */
import { F, PG } from '../../machine/frame-table.js';
import type { Folio } from '../../mm/folio.js';
import type { AddressSpace } from '../../mm/vma.js';
import type { Kernel } from '../base/kernel.js';
import { folio_mark_dirty } from '../folio/folio-add-lru.js';
import { split_folio } from '../huge/split-folio.js';
import { unmap_mapping_range } from '../zap/unmap-mapping.js';

/** shmem_fallocate() (mm/shmem.c) with FALLOC_FL_PUNCH_HOLE. */
export function shmem_punch_hole(k: Kernel, file: AddressSpace, index: number, pages: number): void {
  unmap_mapping_range(k, file, index, pages, false);
  shmem_truncate(k, file, index, pages);
}

/** shmem_truncate_range(): pages and swap slots of the range leave the file. */
export function shmem_truncate(k: Kernel, file: AddressSpace, index: number, pages: number): void {
  if (k.thp.on) truncate_large(k, file, index, index + pages);
  for (const [i, pfn] of file.page_cache.range(index, index + pages)) {
    // a folio that could not be split stays, with zeroes in it
    if (k.large_folio(pfn) !== undefined) continue;
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

/** shmem_undo_range(): large folios of `[start, end)`. One that lies there in part is split, or zeroed where it cannot be. */
function truncate_large(k: Kernel, file: AddressSpace, start: number, end: number): void {
  const whole = new Map<number, Folio>();
  for (const [, pfn] of file.page_cache.range(start, end)) {
    const folio = k.large_folio(pfn);
    if (folio === undefined) continue;
    const first = k.frames.get(folio.id, F.index);
    if (first >= start && first + folio.pages <= end) whole.set(folio.id, folio);
  }
  for (const folio of whole.values()) truncate_inode_folio(k, file, folio);
  truncate_partial(k, file, start, start, end);
  if (end < Number.MAX_SAFE_INTEGER) truncate_partial(k, file, end - 1, start, end);
}

/** shmem_get_partial_folio() and truncate_inode_partial_folio(): of the folio around page `at`. */
function truncate_partial(k: Kernel, file: AddressSpace, at: number, start: number, end: number): void {
  const page = file.page_cache.get(at);
  if (page === undefined) return;
  folio_mark_dirty(k, page);
  const folio = k.large_folio(page);
  if (folio === undefined) return;
  const first = k.frames.get(folio.id, F.index);
  if (first >= end || first + folio.pages <= start) return;
  for (let i = Math.max(first, start); i < Math.min(end, first + folio.pages); i++) {
    k.frames.set(folio.id + (i - first), F.content, 0);
  }
  k.get_page(folio.id);
  split_folio(k, folio);
  k.put_page(folio.id);
}

/** truncate_inode_folio() (mm/truncate.c): unmapped, clean, and out of its file. */
function truncate_inode_folio(k: Kernel, file: AddressSpace, folio: Folio): void {
  const first = k.frames.get(folio.id, F.index);
  if (folio.large_mapcount > 0) unmap_mapping_range(k, file, first, folio.pages, false);
  k.frames.clearFlag(folio.id, PG.dirty);
  for (let i = 0; i < folio.pages; i++) file.setPage(first + i, undefined);
  if (folio.pages === k.arch.pmd!.pages) k.thp.change({ shmem_thps: k.thp.state.shmem_thps - folio.pages });
  k.frames.set(folio.id, F.mapping, 0);
  k.put_page(folio.id, folio.pages);
}
