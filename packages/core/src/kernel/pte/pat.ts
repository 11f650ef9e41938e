// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Tracking of pfn mappings' memory types (arch/x86/mm/pat/memtype.c), on architectures that have
 * __HAVE_PFNMAP_TRACKING: VM_PAT marks a VMA that one remap covered as a whole. What is reserved is in
 * memtype.ts; without a page attribute table nothing is, and nothing conflicts.
 */
import type { Pte } from '../../arch/contract.js';
import { is_cow_mapping, VM_PAT, VM_PFNMAP } from '../../mm/vm-flags.js';
import type { Vma } from '../../mm/vma.js';
import { EINVAL } from '../base/errno.js';
import { copyPte, type Kernel, newPte } from '../base/kernel.js';
import { vma_start_write } from '../base/vm-flags-set.js';
import { follow_pfnmap_start } from './follow-pfnmap.js';
import { free_pfn_range, pfnmap_setup_cachemode, reserve_pfn_range } from './memtype.js';
import { vm_normal_page } from './normal-page.js';

/**
 * Ours: newer kernels keep the reservation in an object of its own, counted by the VMAs that share it
 * (pfnmap_track_ctx): nothing is looked up in the page table, and nothing fails later.
 */
function tracks(k: Kernel): boolean {
  return k.arch.facts.PFNMAP_TRACKING && !k.feature.pfnmap_track_ctx;
}

/** track_pfn_remap(): 0, or -EINVAL whatever the reason; `prot` gets the memory type that the frames have. */
export function track_pfn_remap(k: Kernel, vma: Vma, prot: Pte, pfn: number, start: number, pages: number): number {
  if (!tracks(k)) return 0;
  if (start !== vma.vm_start || pages !== vma.pages) return pfnmap_setup_cachemode(k, pfn, pages, prot);
  // remap_pfn_range() hands on no other error
  if (k.pat_enabled && reserve_pfn_range(k, pfn, pages, prot, false) !== 0) return k.passes(-EINVAL);
  vma_start_write(k);
  k.setFlags(vma, vma.vm_flags | VM_PAT, 'flags_pat_track');
  return 0;
}

/** untrack_pfn(): `pfn` and `pages` 0 for the whole VMA. */
export function untrack_pfn(k: Kernel, vma: Vma, pfn: number, pages: number): void {
  if ((vma.vm_flags & VM_PAT) === 0 || !tracks(k)) return;
  const all = pfn === 0 && pages === 0;
  const first = all ? get_pat_info(k, vma, null) : pfn;
  if (first < 0) return;
  free_pfn_range(k, first, all ? vma.pages : pages);
  k.setFlags(vma, vma.vm_flags & ~VM_PAT, 'flags_pat_untrack');
}

/** untrack_pfn_clear(): the VMA is a copy that reserved nothing itself. */
export function untrack_pfn_clear(k: Kernel, vma: Vma): void {
  if (tracks(k)) k.setFlags(vma, vma.vm_flags & ~VM_PAT, 'flags_pat_clear');
}

/** dup_mmap() (kernel/fork.c): a copy is not tracked yet. Kernels up to 6.14 let it keep VM_PAT. */
export function untrack_copy(k: Kernel, vma: Vma): void {
  if (k.feature.pat_fork_undo) untrack_pfn_clear(k, vma);
}

/** track_pfn_copy(): fork of a tracked VMA; fails once its first page is no raw pfn any more. */
export function track_pfn_copy(k: Kernel, dst: Vma, src: Vma): number {
  if (!tracks(k) || (src.vm_flags & VM_PFNMAP) === 0 || (src.vm_flags & VM_PAT) === 0) return 0;
  const prot = newPte();
  const pfn = get_pat_info(k, src, prot);
  if (pfn < 0) return k.passes(-EINVAL);
  if (k.pat_enabled) {
    const ret = reserve_pfn_range(k, pfn, src.pages, prot, true);
    if (ret !== 0) return k.passes(ret);
  }
  if (k.feature.pat_fork_undo) k.setFlags(dst, dst.vm_flags | VM_PAT, 'flags_pat_copy');
  return 0;
}

/** untrack_pfn_copy(): the copy of the page tables failed. The reservation is the one of the first page. */
export function untrack_pfn_copy(k: Kernel, dst: Vma, src: Vma): void {
  if ((dst.vm_flags & VM_PAT) === 0 || !tracks(k) || !k.feature.pat_fork_undo) return;
  untrack_pfn(k, dst, get_pat_info(k, src, null), dst.pages);
}

/** follow_phys() (mm/memory.c up to 6.11): its test of the first PTE of a VMA. */
function is_raw_pfn(k: Kernel, vma: Vma): boolean {
  const p = k.peek(vma.mm, vma.vm_start);
  return vm_normal_page(k, vma, vma.vm_start, p) < 0;
}

/**
 * get_pat_info(): the first frame of a VMA's reservation, by its first PTE or (COW) its vm_pgoff; a negative
 * errno. `prot`, where it is wanted, gets the first PTE's protection.
 */
function get_pat_info(k: Kernel, vma: Vma, prot: Pte | null): number {
  const args = follow_pfnmap_start(k, vma, vma.vm_start);
  // follow_phys() of older kernels asked vm_normal_page() instead of the bit
  if (args !== null && (k.feature.follow_pfnmap ? args.special : is_raw_pfn(k, vma))) {
    if (prot !== null) copyPte(prot, args.prot);
    return args.pfn;
  }
  const why = args === null ? 'fork_pat_gone' : 'fork_pat_copied';
  if (k.feature.pat_cow_fallback && is_cow_mapping(vma.vm_flags)) {
    return prot === null ? vma.vm_pgoff : k.fails(why, -EINVAL);
  }
  // before the fix that made get_pat_info() each caller of follow_phys() warned
  if (k.feature.pat_cow_fallback) k.warn_once('get_pat_info');
  else k.warn_once(prot === null ? 'untrack_pfn' : 'track_pfn_copy');
  return k.fails(why, -EINVAL);
}

/** A context of a kernel without a page attribute table: nothing is reserved, and nobody counts. */
const NOTHING_RESERVED = 1;

/**
 * pfnmap_track_ctx_alloc() (mm/memory.c of 6.16): reserves, and makes the object that VMAs share; its number, or
 * -EINVAL.
 */
export function pfnmap_track_ctx_alloc(k: Kernel, pfn: number, pages: number, prot: Pte): number {
  if (!k.pat_enabled) return NOTHING_RESERVED;
  if (reserve_pfn_range(k, pfn, pages, prot, false) !== 0) return k.passes(-EINVAL);
  const id = k.heap.takeId();
  k.memtypes.addContext(id, pfn, pages);
  return id;
}

/** vma_pfnmap_track_ctx_dup() (mm/vma_init.c): a copy of a VMA shares its reservation. */
export function vma_pfnmap_track_ctx_dup(k: Kernel, vma: Vma): void {
  if (k.pat_enabled && vma.pfnmap_track_ctx !== 0) k.memtypes.countContext(vma.pfnmap_track_ctx, 1);
}

/** pfnmap_track_ctx_release() (mm/memory.c) when the last user goes. */
export function pfnmap_track_ctx_put(k: Kernel, id: number): void {
  const gone = k.memtypes.countContext(id, -1);
  if (gone !== undefined) free_pfn_range(k, gone.pfn, gone.pages);
}

/** vma_pfnmap_track_ctx_release() (mm/vma_init.c): a VMA is freed. */
export function vma_pfnmap_track_ctx_release(k: Kernel, vma: Vma): void {
  if (k.pat_enabled && vma.pfnmap_track_ctx !== 0) pfnmap_track_ctx_put(k, vma.pfnmap_track_ctx);
}
