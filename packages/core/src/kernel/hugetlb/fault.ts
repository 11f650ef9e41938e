// SPDX-License-Identifier: GPL-2.0-or-later
/** Page faults on hugetlb (mm/hugetlb.c). */
import { F, PG } from '../../machine/frame-table.js';
import type { Hstate } from '../../machine/hugetlb.js';
import type { Folio } from '../../mm/folio.js';
import { VM_MAYSHARE, VM_SHARED, VM_WRITE } from '../../mm/vm-flags.js';
import type { AddressSpace, Vma } from '../../mm/vma.js';
import { type Kernel, newPte } from '../base/kernel.js';
import { FAULT_FLAG_UNSHARE, FAULT_FLAG_WRITE, VM_FAULT_SIGBUS } from '../base/mm-types.js';
import { MmuGather } from '../base/mmu-gather.js';
import { anon_vma_prepare, folio_move_anon_rmap } from '../folio/rmap.js';
import { alloc_hugetlb_folio } from './alloc.js';
import {
  hstate_vma,
  huge_codec,
  make_huge_pte,
  pages_per_huge_page,
  set_huge_ptep_writable,
  vma_hugecache_offset,
} from './hstate.js';
import { is_resv_owner } from './reservation.js';
import {
  copy_user_large_folio,
  hugetlb_add_file_rmap,
  hugetlb_add_new_anon_rmap,
  hugetlb_remove_rmap,
} from './rmap.js';
import { __unmap_hugepage_range } from './unmap.js';

/** hugetlb_fault(): a vm_fault_t. */
export function hugetlb_fault(k: Kernel, vma: Vma, vpn: number, flags: number): number {
  const h = hstate_vma(k, vma);
  const first = vpn - (vpn % pages_per_huge_page(h));
  const entry = newPte();
  if (!vma.mm.pt.getHuge(h.level, first, entry)) return hugetlb_no_page(k, h, vma, first, flags);
  const codec = huge_codec(k, h);
  const write = (flags & FAULT_FLAG_WRITE) !== 0;
  if ((flags & (FAULT_FLAG_WRITE | FAULT_FLAG_UNSHARE)) !== 0 && !codec.write(entry)) {
    return hugetlb_wp(k, h, vma, first, flags);
  }
  // huge_ptep_set_access_flags(): x86 leaves it to the CPU, but for a write
  if (!write && k.arch.facts.ptep_set_access_flags_if_dirty) return 0;
  codec.mkyoung(entry);
  if (write) codec.mkdirty(entry);
  vma.mm.pt.setHuge(h.level, first, entry);
  return 0;
}

/** filemap_lock_hugetlb_folio() (include/linux/hugetlb.h): huge page `idx` of a file, if it is there. */
export function hugetlb_folio_of(k: Kernel, h: Hstate, file: AddressSpace, idx: number): Folio | undefined {
  const page = file.page_cache.get(idx * pages_per_huge_page(h));
  return page === undefined ? undefined : k.large_folio(page);
}

/** hugetlb_no_page(): the page of the file, or a new one: of the file where it is shared, else of the mapping alone. */
function hugetlb_no_page(k: Kernel, h: Hstate, vma: Vma, first: number, flags: number): number {
  if (vma.hugetlb?.unmapped === true) {
    k.message({
      kind: 'hugetlb',
      reason: 'hugetlb_killed',
      text: `PID ${vma.mm.id} killed due to inadequate hugepage pool`,
    });
    return k.fails('hugetlb_unmapped', VM_FAULT_SIGBUS);
  }
  const file = vma.vm_file!;
  const idx = vma_hugecache_offset(h, vma, first);
  const shared = (vma.vm_flags & VM_MAYSHARE) !== 0;
  let folio = hugetlb_folio_of(k, h, file, idx);
  const anon_rmap = folio === undefined && !shared;
  if (folio === undefined) {
    if (idx >= Math.floor(file.pages / pages_per_huge_page(h))) return k.fails('hugetlb_beyond', VM_FAULT_SIGBUS);
    if (!shared) anon_vma_prepare(k, vma);
    folio = alloc_hugetlb_folio(k, h, vma, first, false);
    if (folio === undefined) return k.fails('hugetlb_no_page', VM_FAULT_SIGBUS);
    k.frames.setFlag(folio.id, PG.uptodate);
    if (shared) hugetlb_add_to_page_cache(k, h, folio, file, idx);
  } else {
    k.get_page(folio.id);
  }
  if (anon_rmap) hugetlb_add_new_anon_rmap(k, folio, vma, first);
  else hugetlb_add_file_rmap(folio);
  const writable = (vma.vm_flags & (VM_SHARED | VM_WRITE)) === (VM_SHARED | VM_WRITE);
  vma.mm.pt.setHuge(h.level, first, make_huge_pte(k, vma, h, folio, writable));
  if ((flags & FAULT_FLAG_WRITE) !== 0 && (vma.vm_flags & VM_SHARED) === 0) return hugetlb_wp(k, h, vma, first, flags);
  return 0;
}

/** hugetlb_add_to_page_cache(): the page cache has a reference for each small page since 6.7. */
function hugetlb_add_to_page_cache(k: Kernel, h: Hstate, folio: Folio, file: AddressSpace, idx: number): void {
  const index = idx * pages_per_huge_page(h);
  k.get_page(folio.id, cache_references(k, folio));
  k.frames.set(folio.id, F.mapping, -file.id);
  k.frames.set(folio.id, F.index, index);
  file.setPage(index, folio.id);
  folio.set_restore_reserve(false);
  // so that only hugetlbfs takes it out of the file
  k.frames.setFlag(folio.id, PG.dirty);
}

/** __filemap_add_folio() (mm/filemap.c): the references that the page cache holds. */
export function cache_references(k: Kernel, folio: Folio): number {
  return k.feature.hugetlb_cache_references ? folio.pages : 1;
}

/** hugetlb_wp(): a write, or an unshare, of an entry that cannot be written. */
function hugetlb_wp(k: Kernel, h: Hstate, vma: Vma, first: number, flags: number): number {
  const unshare = (flags & FAULT_FLAG_UNSHARE) !== 0;
  if ((vma.vm_flags & VM_MAYSHARE) !== 0) {
    set_huge_ptep_writable(k, vma, h, first);
    return 0;
  }
  const entry = newPte();
  vma.mm.pt.getHuge(h.level, first, entry);
  const old_folio = k.large_folio(huge_codec(k, h).pfn(entry))!;
  if (reuses(k, h, vma, first, old_folio, unshare)) return 0;
  const cow_from_owner = is_resv_owner(vma) && k.test_anon(old_folio.id);
  k.get_page(old_folio.id);
  const new_folio = alloc_hugetlb_folio(k, h, vma, first, cow_from_owner);
  if (new_folio === undefined) {
    k.put_page(old_folio.id);
    if (!cow_from_owner) return k.fails('hugetlb_no_page', VM_FAULT_SIGBUS);
    unmap_ref_private(k, h, vma, old_folio, first);
    // retry_avoidcopy: nobody else has it now, but who reserved pages of their own
    return reuses(k, h, vma, first, old_folio, unshare) ? 0 : k.fails('hugetlb_no_page', VM_FAULT_SIGBUS);
  }
  // a page of the file does not make an anon_vma
  anon_vma_prepare(k, vma);
  copy_user_large_folio(k, new_folio, old_folio);
  hugetlb_remove_rmap(old_folio);
  hugetlb_add_new_anon_rmap(k, new_folio, vma, first);
  vma.mm.pt.setHuge(h.level, first, make_huge_pte(k, vma, h, new_folio, !unshare));
  // what was taken above, and what the entry had
  k.put_page(old_folio.id, 2);
  return 0;
}

/** hugetlb_wp(): an anonymous page with one mapping is this one's alone, whoever else refers to it. */
function reuses(k: Kernel, h: Hstate, vma: Vma, first: number, folio: Folio, unshare: boolean): boolean {
  if (folio.large_mapcount !== 1 || !k.test_anon(folio.id)) return false;
  if (!k.frames.test(folio.id, PG.anon_exclusive)) {
    folio_move_anon_rmap(k, folio.id, vma);
    k.frames.setFlag(folio.id, PG.anon_exclusive);
  }
  if (!unshare) set_huge_ptep_writable(k, vma, h, first);
  return true;
}

/**
 * unmap_ref_private(): the pool has no page for a copy that the owner of the reservations needs: children lose theirs, and get
 * SIGBUS when they touch it again.
 */
function unmap_ref_private(k: Kernel, h: Hstate, vma: Vma, folio: Folio, first: number): void {
  const pgoff = first - vma.vm_start + vma.vm_pgoff;
  for (const other of [...k.heap.mapping(vma.vm_file!, pgoff, pgoff)]) {
    if (other === vma || (other.vm_flags & VM_MAYSHARE) !== 0 || is_resv_owner(other)) continue;
    // unmap_hugepage_range() at the address of this mapping, wherever the other one lies
    const tlb = new MmuGather();
    __unmap_hugepage_range(k, tlb, other, first, first + pages_per_huge_page(h), folio);
    for (const page of tlb.pages) k.put_page(page);
  }
}
