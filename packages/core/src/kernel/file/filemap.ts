// SPDX-License-Identifier: GPL-2.0-or-later
/** Regular files: their page cache and their part of a fault (mm/filemap.c). */
import { F, PG } from '../../machine/frame-table.js';
import type { AddressSpace, Vma } from '../../mm/vma.js';
import type { VmOps } from '../../mm/vma-record.js';
import type { Kernel } from '../base/kernel.js';
import { VM_FAULT_OOM, VM_FAULT_SIGBUS } from '../base/mm-types.js';
import type { Vmf } from '../base/vmf.js';
import { folio_add_lru } from '../folio/folio-add-lru.js';

/**
 * What a file of a disk gives its mappings: generic_file_vm_ops and its relatives. The file system
 * wants to hear of the first write to each page of a shared mapping (filemap_page_mkwrite, ext4_page_mkwrite).
 */
export const file_vm_ops: VmOps = { kind: 'file', driver: { page_mkwrite: true } };

/** Ours: the VMA's pages come from a page cache, tmpfs's or a disk's. */
export function has_page_cache(vma: Vma): boolean {
  const kind = vma.vm_ops?.kind;
  return kind === 'shmem' || kind === 'file';
}

/**
 * filemap_get_folio(): the page cache's page at `index`, without a reference; undefined where it has none, or no
 * memory for it. All pages of a file of
 * a disk are in the page cache; a frame stands for one from the moment when someone looks at it. Such
 * a frame is chosen by the model: what a recording knows of the allocator concerns other pages.
 */
export function filemap_get_folio(k: Kernel, file: AddressSpace, index: number): number | undefined {
  const found = file.page_cache.get(index);
  if (found !== undefined || file.kind !== 'file') return found;
  const large = file.folioAt(index);
  const { supplied } = k.allocator;
  k.allocator.supplied = [];
  const head = large === undefined ? -1 : k.filemap_alloc_folio(large[1]);
  const page = head < 0 ? k.alloc_page() : head;
  k.allocator.supplied = supplied;
  if (page < 0) return undefined;
  if (head >= 0) return add_large_folio(k, file, large![0], head) + (index - large![0]);
  k.frames.setFlag(page, PG.uptodate);
  k.frames.set(page, F.mapping, -file.id);
  k.frames.set(page, F.index, index);
  folio_add_lru(k, page);
  file.setPage(index, page); // the page cache's reference is the one that alloc_page() gave
  return page;
}

/** __filemap_add_folio() (mm/filemap.c) of a large folio, with a reference for each page: its first frame. */
function add_large_folio(k: Kernel, file: AddressSpace, index: number, head: number): number {
  const { pages } = k.large_folio(head)!;
  k.frames.setFlag(head, PG.uptodate);
  k.frames.set(head, F.mapping, -file.id);
  k.frames.set(head, F.index, index);
  folio_add_lru(k, head);
  k.get_page(head, pages - 1);
  for (let i = 0; i < pages; i++) file.setPage(index + i, head + i);
  return head;
}

/** filemap_fault(): beyond the end of the file SIGBUS. */
export function filemap_fault(k: Kernel, vmf: Vmf): number {
  const file = vmf.vma.vm_file!;
  if (vmf.pgoff < 0 || vmf.pgoff >= file.pages) return k.fails('filemap_beyond', VM_FAULT_SIGBUS);
  const page = filemap_get_folio(k, file, vmf.pgoff);
  if (page === undefined) return k.fails('no_free_page', VM_FAULT_OOM);
  vmf.page = page;
  k.get_page(page);
  return 0;
}
