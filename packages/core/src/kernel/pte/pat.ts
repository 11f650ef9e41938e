// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Tracking of pfn mappings' memory types (arch/x86/mm/pat/memtype.c), on architectures that have
 * __HAVE_PFNMAP_TRACKING. The model follows VM_PAT, which marks a VMA that one remap covered as a
 * whole, and the reservations' success; with PAT disabled or one memory type for all they never
 * conflict.
 */
import { is_cow_mapping, VM_PAT, VM_PFNMAP } from '../../mm/vm-flags.js';
import type { Vma } from '../../mm/vma.js';
import { EINVAL } from '../base/errno.js';
import type { Kernel } from '../base/kernel.js';
import { vma_start_write } from '../base/vm-flags-set.js';
import { follow_pfnmap_start } from './follow-pfnmap.js';
import { vm_normal_page } from './normal-page.js';

/**
 * Ours: newer kernels keep the reservation in an object of its own, counted by the VMAs that share it
 * (pfnmap_track_ctx): nothing is looked up in the page table, and nothing fails later.
 */
function tracks(k: Kernel): boolean {
  return k.arch.facts.PFNMAP_TRACKING && !k.feature.pfnmap_track_ctx;
}

/** track_pfn_remap(): 0. */
export function track_pfn_remap(k: Kernel, vma: Vma, start: number, pages: number): number {
  if (tracks(k) && start === vma.vm_start && pages === vma.pages) {
    vma_start_write(k);
    k.setFlags(vma, vma.vm_flags | VM_PAT, 'flags_pat_track');
  }
  return 0;
}

/** untrack_pfn(): `pfn` and `pages` 0 for the whole VMA. */
export function untrack_pfn(k: Kernel, vma: Vma, pfn: number, pages: number): void {
  if ((vma.vm_flags & VM_PAT) === 0 || !tracks(k)) return;
  if (pfn === 0 && pages === 0 && get_pat_info(k, vma, false) !== 0) return;
  k.setFlags(vma, vma.vm_flags & ~VM_PAT, 'flags_pat_untrack');
}

/** untrack_pfn_clear(): the VMA is a copy that reserved nothing itself. */
export function untrack_pfn_clear(k: Kernel, vma: Vma): void {
  if (tracks(k)) k.setFlags(vma, vma.vm_flags & ~VM_PAT, 'flags_pat_clear');
}

/** track_pfn_copy(): fork of a tracked VMA; fails once its first page is no raw pfn any more. */
export function track_pfn_copy(k: Kernel, dst: Vma, src: Vma): number {
  if (!tracks(k) || (src.vm_flags & VM_PFNMAP) === 0 || (src.vm_flags & VM_PAT) === 0) return 0;
  if (get_pat_info(k, src, true) !== 0) return k.passes(-EINVAL);
  k.setFlags(dst, dst.vm_flags | VM_PAT, 'flags_pat_copy');
  return 0;
}

/** follow_phys() (mm/memory.c up to 6.11): its test of the first PTE of a VMA. */
function is_raw_pfn(k: Kernel, vma: Vma): boolean {
  const p = k.peek(vma.mm, vma.vm_start);
  return vm_normal_page(k, vma, vma.vm_start, p) < 0;
}

/** get_pat_info(): where the reservation of a VMA starts, by its first PTE or (COW) its vm_pgoff. */
function get_pat_info(k: Kernel, vma: Vma, wantsProt: boolean): number {
  const args = follow_pfnmap_start(k, vma, vma.vm_start);
  // follow_phys() of older kernels asked vm_normal_page() instead of the bit
  if (args !== null && (k.feature.follow_pfnmap ? args.special : is_raw_pfn(k, vma))) return 0;
  if (k.feature.pat_cow_fallback && is_cow_mapping(vma.vm_flags)) return wantsProt ? k.fails('fork_pat', -EINVAL) : 0;
  k.warn_once('get_pat_info');
  return k.fails('fork_pat', -EINVAL);
}
