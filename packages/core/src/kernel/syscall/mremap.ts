// SPDX-License-Identifier: GPL-2.0-or-later
/** mremap() (mm/mremap.c): the system call as kernels up to 6.16 have it; vma-remap.ts has the later form. */
import { VM_DONTEXPAND, VM_LOCKED, VM_MAYSHARE, VM_PFNMAP, VM_SHARED } from '../../mm/vm-flags.js';
import { type Mm, type Vma, vma_is_sealed } from '../../mm/vma.js';
import { EFAULT, EINVAL, ENOMEM, EPERM } from '../base/errno.js';
import type { Kernel } from '../base/kernel.js';
import { rewritten } from '../base/rewritten.js';
import { pfnmap_or_dontexpand } from '../base/which-flag.js';
import { mm_populate } from '../gup/populate.js';
import { align_hugetlb, is_vm_hugetlb_page } from '../hugetlb/hstate.js';
import { get_unmapped_area } from '../vma/get-unmapped-area.js';
import { vma_merge_extend } from '../vma/vma-merge.js';
import { MREMAP_DONTUNMAP, MREMAP_FIXED, MREMAP_MAYMOVE, move_vma, vma_expandable } from './move-vma.js';
import { do_munmap } from './munmap.js';
import { recorded_place } from './recorded-place.js';
import { do_mremap_vrm } from './vma-remap.js';

/** What a caller asks for, in pages; `mapped_at`: where a recorded kernel put it, if it chose itself. */
type MremapArgs = readonly [
  mm: Mm,
  addr: number,
  old_len: number,
  new_len: number,
  flags: number,
  to: number,
  mapped_at?: number,
];

/** SYSCALL_DEFINE5() (mm/mremap.c) of mremap, in pages: the new first virtual page number, or a negative errno. */
export const do_mremap = rewritten<MremapArgs, number>('mremap_several_vmas', {
  before: mremap_one_vma,
  since: (k, mm, addr, old_len, new_len, flags, to, mapped_at) =>
    do_mremap_vrm(k, { mm, addr, old_len, new_len, flags, new_addr: to, mapped_at }),
});

/**
 * SYSCALL_DEFINE5() (mm/mremap.c up to 6.16) of mremap: one VMA, whose checks come after the target has been
 * unmapped.
 */
function mremap_one_vma(
  k: Kernel,
  mm: Mm,
  addr: number,
  oldLen: number,
  newLen: number,
  flags: number,
  to: number,
  mapped_at?: number,
): number {
  let old_len = oldLen;
  let new_len = newLen;
  if ((flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)) !== 0 && (flags & MREMAP_MAYMOVE) === 0)
    return k.fails('mremap_needs_maymove', -EINVAL);
  if ((flags & MREMAP_DONTUNMAP) !== 0 && old_len !== new_len) return k.fails('mremap_dontunmap_length', -EINVAL);
  if (new_len === 0) return k.fails('mremap_no_length', -EINVAL);
  const source = mm.vma_lookup(addr);
  if (source === undefined) return k.fails('mremap_unmapped', -EFAULT);
  // can_modify_vma()
  if (vma_is_sealed(source)) return k.fails('mremap_sealed', -EPERM);
  if (is_vm_hugetlb_page(source)) {
    const aligned = align_hugetlb(k, source, addr, to, old_len, new_len);
    if (aligned === undefined) return k.fails('hugetlb_mremap', -EINVAL);
    old_len = aligned.old_len;
    new_len = aligned.new_len;
  }
  if ((flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)) !== 0) {
    return populated(k, mm, mremap_to(k, mm, addr, old_len, to, new_len, flags, mapped_at), new_len, old_len);
  }
  if (old_len >= new_len) {
    if (old_len === new_len) return addr;
    const ret = do_munmap(k, mm, addr + new_len, old_len - new_len);
    return ret !== 0 ? ret : addr;
  }
  const resized = vma_to_resize(k, mm, addr, old_len, new_len, flags);
  if (typeof resized === 'number') return resized;
  // the kernel that was recorded moved it: what stood behind it there is in no event
  const moved = mapped_at !== undefined && mapped_at !== addr;
  if (!moved && old_len === resized.vm_end - addr && vma_expandable(k, resized, new_len - old_len)) {
    const grown = vma_merge_extend(k, resized, new_len - old_len);
    if (grown === undefined) return k.fails('mremap_not_merged', -ENOMEM);
    if ((grown.vm_flags & VM_LOCKED) !== 0) {
      mm.locked_vm += new_len - old_len;
      mm_populate(k, mm, addr + old_len, new_len - old_len);
    }
    return addr;
  }
  if ((flags & MREMAP_MAYMOVE) === 0) return k.fails('mremap_no_room', -ENOMEM);
  const pgoff = resized.vm_pgoff + (addr - resized.vm_start);
  const found = moved
    ? recorded_place(k, mm, mapped_at, new_len, addr, old_len)
    : get_unmapped_area(k, mm, {
        file: resized.vm_file,
        addr: 0,
        pages: new_len,
        pgoff,
        fixed: false,
        shared: (resized.vm_flags & VM_MAYSHARE) !== 0,
      });
  if (found < 0) return found;
  return populated(k, mm, move_vma(k, resized, addr, old_len, new_len, found, flags), new_len, old_len);
}

/** Ours: the end of the system call: what grew in a locked mapping is faulted in. */
function populated(k: Kernel, mm: Mm, ret: number, new_len: number, old_len: number): number {
  if (ret < 0) return ret;
  const vma = mm.vma_lookup(ret);
  if (vma !== undefined && (vma.vm_flags & VM_LOCKED) !== 0 && new_len > old_len) {
    mm_populate(k, mm, ret + old_len, new_len - old_len);
  }
  return ret;
}

/** vma_to_resize(): the VMA, or a negative errno. */
function vma_to_resize(k: Kernel, mm: Mm, addr: number, old_len: number, new_len: number, flags: number): Vma | number {
  const vma = mm.vma_lookup(addr);
  if (vma === undefined) return k.fails('mremap_unmapped', -EFAULT);
  if (old_len === 0 && (vma.vm_flags & (VM_SHARED | VM_MAYSHARE)) === 0)
    return k.fails('mremap_duplicate_private', -EINVAL);
  if ((flags & MREMAP_DONTUNMAP) !== 0 && (vma.vm_flags & (VM_DONTEXPAND | VM_PFNMAP)) !== 0)
    return k.fails(`mremap_dontunmap_${pfnmap_or_dontexpand(vma.vm_flags)}`, -EINVAL);
  if (old_len > vma.vm_end - addr) return k.fails('mremap_across', -EFAULT);
  if (new_len === old_len) return vma;
  if ((vma.vm_flags & (VM_DONTEXPAND | VM_PFNMAP)) !== 0)
    return k.fails(`mremap_no_expand_${pfnmap_or_dontexpand(vma.vm_flags)}`, -EFAULT);
  return vma;
}

/** mremap_to(): MREMAP_FIXED or MREMAP_DONTUNMAP. */
function mremap_to(
  k: Kernel,
  mm: Mm,
  addr: number,
  oldLen: number,
  to: number,
  new_len: number,
  flags: number,
  mapped_at: number | undefined,
): number {
  let old_len = oldLen;
  if (new_len > k.arch.task_pages || to > k.arch.task_pages - new_len) return k.fails('mremap_target', -EINVAL);
  if (addr + old_len > to && to + new_len > addr) return k.fails('mremap_overlap', -EINVAL);
  if ((flags & MREMAP_FIXED) !== 0) {
    const ret = do_munmap(k, mm, to, new_len);
    if (ret !== 0) return ret;
  }
  if (old_len > new_len) {
    const ret = do_munmap(k, mm, addr + new_len, old_len - new_len);
    if (ret !== 0) return ret;
    old_len = new_len;
  }
  const vma = vma_to_resize(k, mm, addr, old_len, new_len, flags);
  if (typeof vma === 'number') return vma;
  const fixed = (flags & MREMAP_FIXED) !== 0;
  const found =
    !fixed && mapped_at !== undefined
      ? recorded_place(k, mm, mapped_at, new_len, addr, old_len)
      : get_unmapped_area(k, mm, {
          file: vma.vm_file,
          addr: to,
          pages: new_len,
          pgoff: vma.vm_pgoff + (addr - vma.vm_start),
          fixed,
          shared: (vma.vm_flags & VM_MAYSHARE) !== 0,
        });
  if (found < 0) return found;
  return move_vma(k, vma, addr, old_len, new_len, fixed ? to : found, flags);
}
