// SPDX-License-Identifier: GPL-2.0-or-later
/** Map counts and the reverse mapping (mm/rmap.c): who maps a page, and under which anon_vma. */
import { F, PG } from '../../machine/frame-table.js';
import type { AnonVma } from '../../mm/anon-vma.js';
import { MM_ANONPAGES, MM_FILEPAGES, MM_SHMEMPAGES } from '../../mm/rss.js';
import { is_cow_mapping, VM_ACCESS_FLAGS, VM_DROPPABLE_HI, VM_SOFTDIRTY } from '../../mm/vm-flags.js';
import type { Vma } from '../../mm/vma.js';
import type { Kernel } from '../base/kernel.js';
import { linear_anon_page_index, vma_start_anon_pgoff } from '../base/page-index.js';
import { mlock_vma_folio, munlock_vma_folio } from './mlock-folio.js';

/** mm_counter_file(). */
export function mm_counter_file(k: Kernel, pfn: number): number {
  return k.frames.test(pfn, PG.swapbacked) ? MM_SHMEMPAGES : MM_FILEPAGES;
}

/** mm_counter(). */
export function mm_counter(k: Kernel, pfn: number): number {
  return k.test_anon(pfn) ? MM_ANONPAGES : mm_counter_file(k, pfn);
}

/** __folio_rmap_sanity_checks(). */
function sanity_checks(k: Kernel, pfn: number): void {
  if (k.feature.rmap_zeropage_check && k.machine.is_zero_pfn(pfn)) k.warn('rmap_zero_folio');
}

/** folio_add_file_rmap_pte() (include/linux/rmap.h). */
export function folio_add_file_rmap_pte(k: Kernel, pfn: number, vma: Vma): void {
  sanity_checks(k, pfn);
  k.frames.add(pfn, F.mapcount, 1);
  mlock_vma_folio(k, pfn, vma);
}

/** folio_dup_file_rmap_pte() (include/linux/rmap.h). */
export function folio_dup_file_rmap_pte(k: Kernel, pfn: number): void {
  sanity_checks(k, pfn);
  k.frames.add(pfn, F.mapcount, 1);
}

/** folio_remove_rmap_pte(). */
export function folio_remove_rmap_pte(k: Kernel, pfn: number, vma: Vma): void {
  sanity_checks(k, pfn);
  k.frames.add(pfn, F.mapcount, -1);
  munlock_vma_folio(k, pfn, vma);
}

/** __folio_set_anon(). */
function set_anon(k: Kernel, pfn: number, vma: Vma, vpn: number, exclusive: boolean): void {
  const own = vma.anon_vma;
  if (own === null) k.BUG('set_anon_without_anon_vma');
  const anon_vma = exclusive ? own.id : own.root;
  k.frames.setFlag(pfn, PG.anon);
  k.frames.set(pfn, F.mapping, anon_vma);
  k.frames.set(pfn, F.index, linear_anon_page_index(k, vma, vpn));
}

/** folio_add_new_anon_rmap() for a page that no one else sees yet. */
export function folio_add_new_anon_rmap(k: Kernel, pfn: number, vma: Vma, vpn: number, exclusive: boolean): void {
  // pages of a VM_DROPPABLE are never swapped, but dropped
  if ((vma.vm_flags_hi & VM_DROPPABLE_HI) === 0) k.frames.setFlag(pfn, PG.swapbacked);
  set_anon(k, pfn, vma, vpn, exclusive);
  k.frames.set(pfn, F.mapcount, 1);
  if (exclusive) k.frames.setFlag(pfn, PG.anon_exclusive);
}

/** folio_add_anon_rmap_pte() (include/linux/rmap.h) for a page that is anonymous already (swap-in). */
export function folio_add_anon_rmap_pte(k: Kernel, pfn: number, vma: Vma, exclusive: boolean): void {
  sanity_checks(k, pfn);
  k.frames.add(pfn, F.mapcount, 1);
  if (exclusive) k.frames.setFlag(pfn, PG.anon_exclusive);
  mlock_vma_folio(k, pfn, vma);
}

/** folio_move_anon_rmap(): the page belongs to this VMA alone from now on. */
export function folio_move_anon_rmap(k: Kernel, pfn: number, vma: Vma): void {
  if (vma.anon_vma === null) k.BUG('move_anon_without_anon_vma');
  k.frames.set(pfn, F.mapping, vma.anon_vma.id);
}

/** folio_maybe_dma_pinned() (include/linux/mm.h) of a small folio. */
export function folio_maybe_dma_pinned(k: Kernel, pfn: number): boolean {
  return k.page_count(pfn) >= 1024;
}

/** folio_try_dup_anon_rmap_pte() (include/linux/rmap.h): false when the page may be pinned and has to be copied. */
export function folio_try_dup_anon_rmap_pte(k: Kernel, pfn: number, src_vma: Vma): boolean {
  sanity_checks(k, pfn);
  const exclusive = k.frames.test(pfn, PG.anon_exclusive);
  // copy_page_range() begins write_protect_seq for COW mappings only
  if ((exclusive || k.feature.fork_asks_for_pin_always) && !is_cow_mapping(src_vma.vm_flags)) {
    k.BUG('fork_pin_outside_cow');
  }
  if (exclusive) {
    if (src_vma.mm.has_pinned && folio_maybe_dma_pinned(k, pfn)) return false;
    k.frames.clearFlag(pfn, PG.anon_exclusive);
  }
  k.frames.add(pfn, F.mapcount, 1);
  return true;
}

// ------------------------------------------------------------- anon_vma

/** anon_vma_chain_assign() and the insertion into the interval tree. */
function chain(vma: Vma, anon_vma: AnonVma): void {
  vma.anon_vma_chain = [anon_vma, ...vma.anon_vma_chain];
  anon_vma.vmas = anon_vma.vmas.push(vma.id);
}

/** anon_vma_prepare(): the VMA gets an anon_vma, a neighbour's where that keeps them mergeable. */
export function anon_vma_prepare(k: Kernel, vma: Vma): void {
  if (vma.anon_vma !== null) return;
  let anon_vma = find_mergeable_anon_vma(k, vma);
  if (anon_vma === null) {
    anon_vma = k.heap.newAnonVma();
    anon_vma.num_children++;
  }
  vma.anon_vma = anon_vma;
  chain(vma, anon_vma);
  anon_vma.num_active_vmas++;
}

/** Ours: a VMA that is placed as it was found has the anon_vma that others with the same `name` have too. */
export function anon_vma_adopt(k: Kernel, vma: Vma, name: number): void {
  // far above the ids that the model gives out itself
  const id = 2 ** 40 + name;
  let anon_vma = k.anon_vmas.get(id);
  if (anon_vma === undefined) {
    anon_vma = k.heap.newAnonVma(id);
    anon_vma.num_children = 1;
  }
  vma.anon_vma = anon_vma;
  chain(vma, anon_vma);
  anon_vma.num_active_vmas++;
}

/** find_mergeable_anon_vma() (mm/vma.c). */
function find_mergeable_anon_vma(k: Kernel, vma: Vma): AnonVma | null {
  const { mm } = vma;
  const next = mm.find_vma(vma.vm_end);
  if (next !== undefined) {
    const found = reusable_anon_vma(k, next, vma, next);
    if (found !== null) return found;
  }
  const prev = mm.vma_before(vma.vm_start);
  return prev === undefined ? null : reusable_anon_vma(k, prev, prev, vma);
}

/** anon_vma_compatible() and reusable_anon_vma() (mm/vma.c): `a` lies before `b`. */
function reusable_anon_vma(k: Kernel, old: Vma, a: Vma, b: Vma): AnonVma | null {
  const compatible =
    a.vm_end === b.vm_start &&
    a.vm_file === b.vm_file &&
    ((a.vm_flags ^ b.vm_flags) & ~(VM_ACCESS_FLAGS | VM_SOFTDIRTY)) === 0 &&
    b.vm_pgoff === a.vm_pgoff + (b.vm_start - a.vm_start) &&
    vma_start_anon_pgoff(k, b) === vma_start_anon_pgoff(k, a) + (b.vm_start - a.vm_start);
  if (!compatible) return null;
  return old.anon_vma !== null && old.anon_vma_chain.length === 1 ? old.anon_vma : null;
}

/** anon_vma_clone(). */
export function anon_vma_clone(dst: Vma, src: Vma): void {
  const chained = src.anon_vma_chain;
  for (let i = chained.length - 1; i >= 0; i--) {
    const anon_vma = chained[i]!;
    chain(dst, anon_vma);
    if (dst.anon_vma === null && src.anon_vma !== null && anon_vma.num_children < 2 && anon_vma.num_active_vmas === 0) {
      dst.anon_vma = anon_vma;
    }
  }
  if (dst.anon_vma !== null) {
    dst.anon_vma.num_active_vmas++;
  }
}

/** anon_vma_fork(). */
export function anon_vma_fork(k: Kernel, vma: Vma, pvma: Vma): void {
  if (pvma.anon_vma === null) return;
  vma.anon_vma = null;
  anon_vma_clone(vma, pvma);
  if (vma.anon_vma !== null) return;
  const anon_vma = k.heap.newAnonVma();
  anon_vma.num_active_vmas++;
  anon_vma.root = pvma.anon_vma.root;
  anon_vma.parent = pvma.anon_vma.id;
  vma.anon_vma = anon_vma;
  chain(vma, anon_vma);
  pvma.anon_vma.num_children++;
}

/** unlink_anon_vmas(). */
export function unlink_anon_vmas(k: Kernel, vma: Vma): void {
  if (vma.anon_vma_chain.length === 0) return;
  const empty: AnonVma[] = [];
  for (const anon_vma of vma.anon_vma_chain) {
    anon_vma.vmas = anon_vma.vmas.remove(vma.id);
    if (anon_vma.vmas.length === 0) {
      const parent = k.anon_vmas.get(anon_vma.parent);
      if (parent !== undefined) parent.num_children--;
      empty.push(anon_vma);
    }
  }
  if (vma.anon_vma !== null) {
    vma.anon_vma.num_active_vmas--;
    vma.anon_vma = null;
  }
  vma.anon_vma_chain = [];
  for (const anon_vma of empty) k.anon_vmas.delete(anon_vma.id);
}

/** anon_vma_merge() (include/linux/rmap.h): `next` goes, its anon_vma lives on in `vma`. */
export function anon_vma_merge(k: Kernel, next: Vma): void {
  unlink_anon_vmas(k, next);
}
