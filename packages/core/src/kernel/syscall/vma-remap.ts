// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * mremap() since 6.17 (mm/mremap.c): everything about the source is checked before anything is unmapped,
 * and a move to a fixed place takes all VMAs of the range with it.
 */
import {
  VM_DONTEXPAND,
  VM_LOCKED,
  VM_MAYSHARE,
  VM_PFNMAP,
  VM_SHARED,
  VM_UFFD_MISSING,
  VM_UFFD_WP,
} from '../../mm/vm-flags.js';
import { type Mm, type Vma, vma_is_sealed } from '../../mm/vma.js';
import { EFAULT, EINVAL, ENOMEM, EPERM } from '../base/errno.js';
import type { Kernel } from '../base/kernel.js';
import { pfnmap_or_dontexpand } from '../base/which-flag.js';
import { mm_populate } from '../gup/populate.js';
import { align_hugetlb, is_vm_hugetlb_page } from '../hugetlb/hstate.js';
import { get_unmapped_area } from '../vma/get-unmapped-area.js';
import { vma_merge_extend } from '../vma/vma-merge.js';
import { MREMAP_DONTUNMAP, MREMAP_FIXED, MREMAP_MAYMOVE, move_vma, vma_expandable } from './move-vma.js';
import { do_munmap } from './munmap.js';
import { recorded_place } from './recorded-place.js';

/** struct vma_remap_struct, in pages. */
export interface VmaRemap {
  readonly mm: Mm;
  readonly addr: number;
  readonly old_len: number;
  readonly new_len: number;
  /** MREMAP_*. */
  readonly flags: number;
  readonly new_addr: number;
  /** Where a recorded kernel put it, if it chose itself. */
  readonly mapped_at?: number | undefined;
}

/** vrm_implies_new_addr(): the caller says where to. */
function vrm_implies_new_addr({ flags }: VmaRemap): boolean {
  return (flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)) !== 0;
}

/** check_mremap_params(): what can be told without looking at a VMA. */
function check_mremap_params(k: Kernel, vrm: VmaRemap): number {
  const { addr, old_len, new_len, new_addr, flags } = vrm;
  const { task_pages } = k.arch;
  if (new_len === 0) return k.fails('mremap_no_length', -EINVAL);
  if (new_len > task_pages) return k.fails('mremap_too_long', -EINVAL);
  if (!vrm_implies_new_addr(vrm)) return 0;
  if (new_addr > task_pages - new_len) return k.fails('mremap_target', -EINVAL);
  if ((flags & MREMAP_MAYMOVE) === 0) return k.fails('mremap_needs_maymove', -EINVAL);
  if ((flags & MREMAP_DONTUNMAP) !== 0 && old_len !== new_len) return k.fails('mremap_dontunmap_length', -EINVAL);
  // vrm_overlaps()
  return addr + old_len > new_addr && new_addr + new_len > addr ? k.fails('mremap_overlap', -EINVAL) : 0;
}

/** align_hugetlb(): of hugetlb, whole huge pages; undefined where it does not move so. */
function whole(k: Kernel, vma: Vma, vrm: VmaRemap): VmaRemap | undefined {
  if (!is_vm_hugetlb_page(vma)) return vrm;
  const aligned = align_hugetlb(k, vma, vrm.addr, vrm.new_addr, vrm.old_len, vrm.new_len);
  return aligned && { ...vrm, ...aligned };
}

/** check_prep_vma(): may this VMA be moved or resized so? */
function check_prep_vma(k: Kernel, vma: Vma | undefined, vrm: VmaRemap): number {
  if (vma === undefined) return k.fails('mremap_unmapped', -EFAULT);
  if (vma_is_sealed(vma)) return k.fails('mremap_sealed', -EPERM);
  if (whole(k, vma, vrm) === undefined) return k.fails('hugetlb_mremap', -EINVAL);
  const { addr, old_len, new_len, flags } = vrm;
  // vrm_will_map_new()
  if (old_len >= new_len && !vrm_implies_new_addr(vrm)) return 0;
  if (old_len === 0 && (vma.vm_flags & (VM_SHARED | VM_MAYSHARE)) === 0)
    return k.fails('mremap_duplicate_private', -EINVAL);
  const fixed_size = (vma.vm_flags & (VM_DONTEXPAND | VM_PFNMAP)) !== 0;
  if ((flags & MREMAP_DONTUNMAP) !== 0 && fixed_size)
    return k.fails(`mremap_dontunmap_${pfnmap_or_dontexpand(vma.vm_flags)}`, -EINVAL);
  // a shrink may begin with a range that leaves the VMA
  if (Math.min(old_len, new_len) > vma.vm_end - addr) return k.fails('mremap_across', -EFAULT);
  if (new_len <= old_len || !fixed_size) return 0;
  return k.fails(`mremap_no_expand_${pfnmap_or_dontexpand(vma.vm_flags)}`, -EFAULT);
}

/** vrm_set_new_addr(): a page number or a negative errno. */
function vrm_set_new_addr(k: Kernel, vma: Vma, vrm: VmaRemap, old_len: number): number {
  const fixed = (vrm.flags & MREMAP_FIXED) !== 0;
  if (!fixed && vrm.mapped_at !== undefined && vrm.mapped_at !== vrm.addr)
    return recorded_place(k, vrm.mm, vrm.mapped_at, vrm.new_len, vrm.addr, old_len);
  return get_unmapped_area(k, vrm.mm, {
    file: vma.vm_file,
    addr: vrm_implies_new_addr(vrm) ? vrm.new_addr : 0,
    pages: vrm.new_len,
    pgoff: vma.vm_pgoff + (vrm.addr - vma.vm_start),
    fixed,
    shared: (vma.vm_flags & VM_MAYSHARE) !== 0,
  });
}

/** move_vma() (mm/mremap.c of 6.17). */
function vrm_move_vma(k: Kernel, vma: Vma, vrm: VmaRemap, old_len: number): number {
  const found = vrm_set_new_addr(k, vma, vrm, old_len);
  if (found < 0) return found;
  return move_vma(k, vma, vrm.addr, old_len, vrm.new_len, found, vrm.flags);
}

/** mremap_to(): the target is cleared, the tail of a shrink goes, and the rest moves. */
function mremap_to(k: Kernel, vrm: VmaRemap): number {
  const { mm, addr, old_len, new_len, new_addr } = vrm;
  if ((vrm.flags & MREMAP_FIXED) !== 0) {
    const ret = do_munmap(k, mm, new_addr, new_len);
    if (ret !== 0) return ret;
  }
  if (old_len > new_len) {
    const ret = do_munmap(k, mm, addr + new_len, old_len - new_len);
    if (ret !== 0) return ret;
  }
  const vma = mm.vma_lookup(addr);
  return vma === undefined ? k.fails('mremap_gone', -EFAULT) : vrm_move_vma(k, vma, vrm, Math.min(old_len, new_len));
}

/** mremap_at(): at the same place, unless it grows and cannot do so there. */
function mremap_at(k: Kernel, vma: Vma, vrm: VmaRemap): number {
  const { mm, addr, old_len, new_len } = vrm;
  if (old_len === new_len) return addr;
  if (old_len > new_len) {
    const ret = do_munmap(k, mm, addr + new_len, old_len - new_len);
    return ret !== 0 ? ret : addr;
  }
  // the kernel that was recorded moved it: what stood behind it there is in no event
  const moved = vrm.mapped_at !== undefined && vrm.mapped_at !== addr;
  // vrm_can_expand_in_place()
  if (!moved && old_len === vma.vm_end - addr && vma_expandable(k, vma, new_len - old_len)) {
    const grown = vma_merge_extend(k, vma, new_len - old_len);
    if (grown === undefined) return k.fails('mremap_not_merged', -ENOMEM);
    if ((grown.vm_flags & VM_LOCKED) !== 0) mm.locked_vm += new_len - old_len;
    return addr;
  }
  if ((vrm.flags & MREMAP_MAYMOVE) === 0) return k.fails('mremap_no_room', -ENOMEM);
  return vrm_move_vma(k, vma, vrm, old_len);
}

/** vma_multi_allowed(): not while userfaultfd watches, nor where a driver says where its mappings go. */
function vma_multi_allowed(vma: Vma): boolean {
  return !is_watched(vma) && vma.vm_ops?.driver?.get_unmapped_area !== true;
}

/** userfaultfd_armed() (include/linux/userfaultfd_k.h). */
function is_watched(vma: Vma): boolean {
  return (vma.vm_flags & (VM_UFFD_MISSING | VM_UFFD_WP)) !== 0;
}

/** remap_move(): one VMA after the other, each to the place that keeps the gaps between them. */
function remap_move(k: Kernel, vrm: VmaRemap): number {
  const { mm, addr: start, new_addr: to } = vrm;
  const end = start + vrm.old_len;
  let at = start;
  let first = 0;
  let seen = false;
  while (at < end) {
    const vma = mm.find_vma(at);
    if (vma === undefined || vma.vm_start >= end) break;
    const addr = Math.max(vma.vm_start, start);
    // no gap at the start
    if (!seen && addr > start) return k.fails('mremap_gap', -EFAULT);
    const stop = Math.min(end, vma.vm_end);
    if (!vma_multi_allowed(vma) && (seen || vma.vm_end < end))
      return k.fails(is_watched(vma) ? 'mremap_several_uffd' : 'mremap_several_placed', -EFAULT);
    const piece: VmaRemap = {
      ...vrm,
      addr,
      old_len: stop - addr,
      new_len: stop - addr,
      new_addr: to + (addr - start),
    };
    const ret = check_prep_vma(k, vma, piece) || mremap_to(k, whole(k, vma, piece)!);
    if (ret < 0) return ret;
    if (!seen) first = ret;
    seen = true;
    at = stop;
  }
  return seen ? first : k.fails('mremap_nothing', -EFAULT);
}

/** do_mremap(): the new first virtual page number, or a negative errno. */
export function do_mremap_vrm(k: Kernel, asked: VmaRemap): number {
  const { mm, addr, flags } = asked;
  let vrm = asked;
  const invalid = check_mremap_params(k, vrm);
  if (invalid !== 0) return invalid;
  // vrm_move_only()
  if ((flags & MREMAP_FIXED) !== 0 && vrm.old_len === vrm.new_len) return remap_move(k, vrm);
  const vma = mm.vma_lookup(addr);
  const refused = check_prep_vma(k, vma, vrm);
  if (refused !== 0) return refused;
  vrm = whole(k, vma!, vrm)!;
  const { old_len, new_len } = vrm;
  const locked = (vma!.vm_flags & VM_LOCKED) !== 0;
  const ret = vrm_implies_new_addr(vrm) ? mremap_to(k, vrm) : mremap_at(k, vma!, vrm);
  if (ret >= 0 && locked && new_len > old_len) mm_populate(k, mm, ret + old_len, new_len - old_len);
  return ret;
}
