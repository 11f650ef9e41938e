// SPDX-License-Identifier: GPL-2.0-or-later
/** mremap() (mm/mremap.c). */
import { NO_HUGE } from '../../mm/huge-entries.js';
import {
  VM_ACCOUNT,
  VM_DONTEXPAND,
  VM_LOCKED,
  VM_LOCKED_MASK,
  VM_MAYSHARE,
  VM_PFNMAP,
  VM_SHARED,
  VM_UFFD_MISSING,
  VM_UFFD_WP,
} from '../../mm/vm-flags.js';
import type { Mm } from '../../mm/vma.js';
import { type Vma, vma_is_anonymous } from '../../mm/vma.js';
import { vmg_vma_state } from '../../mm/vma-merge-struct.js';
import { EFAULT, EINVAL, ENOMEM } from '../base/errno.js';
import { type Kernel, newPte } from '../base/kernel.js';
import { anon_vma_clone, unlink_anon_vmas } from '../folio/rmap.js';
import { mm_populate } from '../gup/populate.js';
import { split_huge_pmds } from '../huge/huge-memory.js';
import { untrack_pfn_clear } from '../pte/pat.js';
import { set_pte_at } from '../pte/set-pte.js';
import { get_unmapped_area } from '../vma/get-unmapped-area.js';
import { split_vma, vma_merge_extend, vma_merge_new_range } from '../vma/vma-merge.js';
import { do_munmap } from './munmap.js';

export const MREMAP_MAYMOVE = 1;
export const MREMAP_FIXED = 2;
export const MREMAP_DONTUNMAP = 4;

/** The system call, in pages: the new first virtual page number, or a negative errno. */
export function do_mremap(
  k: Kernel,
  mm: Mm,
  addr: number,
  old_len: number,
  new_len: number,
  flags: number,
  to: number,
  mapped_at?: number,
): number {
  if ((flags & MREMAP_FIXED) !== 0 && (flags & MREMAP_MAYMOVE) === 0) return -EINVAL;
  if ((flags & MREMAP_DONTUNMAP) !== 0 && ((flags & MREMAP_MAYMOVE) === 0 || old_len !== new_len)) return -EINVAL;
  if (new_len === 0) return -EINVAL;
  const moveOnly = k.feature.mremap_several_vmas && (flags & MREMAP_FIXED) !== 0 && old_len === new_len;
  if (moveOnly) return remap_move(k, mm, addr, old_len, to, flags);
  if (mm.vma_lookup(addr) === undefined) return -EFAULT;
  if ((flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)) !== 0) {
    return populated(k, mm, mremap_to(k, mm, addr, old_len, to, new_len, flags, mapped_at), new_len, old_len);
  }
  if (old_len >= new_len) {
    if (old_len === new_len) return addr;
    const ret = do_munmap(k, mm, addr + new_len, old_len - new_len);
    return ret !== 0 ? ret : addr;
  }
  const resized = vma_to_resize(mm, addr, old_len, new_len, flags);
  if (typeof resized === 'number') return resized;
  if (old_len === resized.vm_end - addr && vma_expandable(k, resized, new_len - old_len)) {
    const grown = vma_merge_extend(k, resized, new_len - old_len);
    if (grown === undefined) return -ENOMEM;
    if ((grown.vm_flags & VM_LOCKED) !== 0) {
      mm.locked_vm += new_len - old_len;
      mm_populate(k, mm, addr + old_len, new_len - old_len);
    }
    return addr;
  }
  if ((flags & MREMAP_MAYMOVE) === 0) return -ENOMEM;
  const pgoff = resized.vm_pgoff + (addr - resized.vm_start);
  const found =
    mapped_at ??
    get_unmapped_area(k, mm, {
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

/** remap_move(): one VMA after the other, each to the place that keeps the gaps between them. */
function remap_move(k: Kernel, mm: Mm, start: number, len: number, to: number, flags: number): number {
  const end = start + len;
  if (len > k.arch.task_pages || to > k.arch.task_pages - len) return -EINVAL;
  if (start + len > to && to + len > start) return -EINVAL;
  let at = start;
  let first = -EFAULT;
  let seen = false;
  while (at < end) {
    const vma = mm.find_vma(at);
    if (vma === undefined || vma.vm_start >= end) break;
    const addr = Math.max(vma.vm_start, start);
    // no gap at the start
    if (!seen && addr > start) return -EFAULT;
    const stop = Math.min(end, vma.vm_end);
    if (!vma_multi_allowed(vma) && (seen || vma.vm_end < end)) return -EFAULT;
    const ret = mremap_to(k, mm, addr, stop - addr, to + (addr - start), stop - addr, flags, undefined);
    if (ret < 0) return ret;
    if (!seen) first = ret;
    seen = true;
    at = stop;
  }
  return first;
}

/** vma_multi_allowed(): not while userfaultfd watches, nor where a driver says where its mappings go. */
function vma_multi_allowed(vma: Vma): boolean {
  if ((vma.vm_flags & (VM_UFFD_MISSING | VM_UFFD_WP)) !== 0) return false;
  return vma.vm_ops?.driver?.get_unmapped_area !== true;
}

/** The end of the system call: what grew in a locked mapping is faulted in. */
function populated(k: Kernel, mm: Mm, ret: number, new_len: number, old_len: number): number {
  if (ret < 0) return ret;
  const vma = mm.vma_lookup(ret);
  if (vma !== undefined && (vma.vm_flags & VM_LOCKED) !== 0 && new_len > old_len) {
    mm_populate(k, mm, ret + old_len, new_len - old_len);
  }
  return ret;
}

/** vma_to_resize(): the VMA, or a negative errno. */
function vma_to_resize(mm: Mm, addr: number, old_len: number, new_len: number, flags: number): Vma | number {
  const vma = mm.vma_lookup(addr);
  if (vma === undefined) return -EFAULT;
  if (old_len === 0 && (vma.vm_flags & (VM_SHARED | VM_MAYSHARE)) === 0) return -EINVAL;
  if ((flags & MREMAP_DONTUNMAP) !== 0 && (vma.vm_flags & (VM_DONTEXPAND | VM_PFNMAP)) !== 0) return -EINVAL;
  if (old_len > vma.vm_end - addr) return -EFAULT;
  if (new_len === old_len) return vma;
  if ((vma.vm_flags & (VM_DONTEXPAND | VM_PFNMAP)) !== 0) return -EFAULT;
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
  if (new_len > k.arch.task_pages || to > k.arch.task_pages - new_len) return -EINVAL;
  if (addr + old_len > to && to + new_len > addr) return -EINVAL;
  if (k.feature.mremap_several_vmas) {
    // check_prep_vma(): before anything is touched
    const checked = vma_to_resize(mm, addr, old_len, Math.max(old_len, new_len), flags);
    if (typeof checked === 'number') return checked;
  }
  if ((flags & MREMAP_FIXED) !== 0) {
    const ret = do_munmap(k, mm, to, new_len);
    if (ret !== 0) return ret;
  }
  if (old_len > new_len) {
    const ret = do_munmap(k, mm, addr + new_len, old_len - new_len);
    if (ret !== 0) return ret;
    old_len = new_len;
  }
  const vma = vma_to_resize(mm, addr, old_len, new_len, flags);
  if (typeof vma === 'number') return vma;
  const fixed = (flags & MREMAP_FIXED) !== 0;
  const given = fixed ? undefined : mapped_at;
  const found =
    given ??
    get_unmapped_area(k, mm, {
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

/** vma_expandable(): is the space behind the VMA free? */
function vma_expandable(k: Kernel, vma: Vma, delta: number): boolean {
  const end = vma.vm_end + delta;
  if (end > k.arch.task_pages) return false;
  const next = vma.mm.find_vma(vma.vm_end);
  return next === undefined || next.vm_start >= end;
}

/** move_vma(). */
function move_vma(
  k: Kernel,
  source: Vma,
  old_addr: number,
  old_len: number,
  new_len: number,
  new_addr: number,
  flags: number,
): number {
  let vma = source;
  const { mm } = vma;
  const { vm_flags } = vma;
  const dontunmap = (flags & MREMAP_DONTUNMAP) !== 0;
  if (dontunmap && (vm_flags & VM_LOCKED) !== 0) {
    if (vma.vm_start !== old_addr) split_vma(k, vma, old_addr, true);
    if (vma.vm_end !== old_addr + old_len) split_vma(k, vma, old_addr + old_len, false);
  }
  const new_pgoff = vma.vm_pgoff + (old_addr - vma.vm_start);
  const copied = copy_vma(k, vma, new_addr, new_len, new_pgoff, dontunmap);
  vma = copied.source;
  move_page_tables(k, mm, old_addr, new_addr, old_len);

  let account_start = false;
  let account_end = false;
  if ((vm_flags & VM_ACCOUNT) !== 0 && !dontunmap) {
    vma.vm_flags &= ~VM_ACCOUNT;
    account_start = vma.vm_start < old_addr;
    account_end = vma.vm_end > old_addr + old_len;
  }
  if ((vma.vm_flags & VM_PFNMAP) !== 0) untrack_pfn_clear(k, vma);

  if (dontunmap) {
    vma.vm_flags &= ~VM_LOCKED_MASK;
    if (vma.vm_start === old_addr && vma.vm_end === old_addr + old_len) {
      unlink_anon_vmas(k, vma);
      if (vma_is_anonymous(vma) && vma.vm_file === null) vma.vm_pgoff = vma.vm_start;
    }
    return new_addr;
  }
  do_munmap(k, mm, old_addr, old_len);
  if ((vm_flags & VM_LOCKED) !== 0) mm.locked_vm += new_len;
  if (account_start) mm.vma_before(old_addr)!.vm_flags |= VM_ACCOUNT;
  if (account_end) mm.find_vma(old_addr + old_len)!.vm_flags |= VM_ACCOUNT;
  return new_addr;
}

/** copy_vma() (mm/vma.c): a VMA at the new place, merged with a neighbour where possible. */
function copy_vma(
  k: Kernel,
  vma: Vma,
  addr: number,
  len: number,
  pgoffGiven: number,
  keep_source: boolean,
): { fresh: Vma; source: Vma } {
  const { mm, vm_start } = vma;
  let pgoff = pgoffGiven;
  let faulted_in = true;
  if (vma_is_anonymous(vma) && vma.anon_vma === null) {
    pgoff = addr;
    faulted_in = false;
  }
  const vmg = vmg_vma_state(mm.vma_before(addr), vma, addr, addr + len);
  vmg.vma = undefined;
  vmg.pgoff = pgoff;
  vmg.next = mm.find_vma(addr);
  if (k.feature.merge_unfaulted_anon) vmg.copied_from = vma;
  if (!faulted_in && keep_source) {
    if (vmg.prev === vma) vmg.prev = undefined;
    if (vmg.next === vma) vmg.next = undefined;
  }
  const merged = vma_merge_new_range(k, vmg);
  if (merged !== undefined) {
    const swallowed = vm_start >= merged.vm_start && vm_start < merged.vm_end;
    return { fresh: merged, source: swallowed ? merged : vma };
  }
  const fresh = k.newVma(mm);
  fresh.copyFrom(vma);
  fresh.vm_start = addr;
  fresh.vm_end = addr + len;
  fresh.vm_pgoff = pgoff;
  anon_vma_clone(fresh, vma);
  mm.insert(fresh);
  fresh.vm_file?.insert(fresh);
  return { fresh, source: vma };
}

/** move_page_tables(). */
function move_page_tables(k: Kernel, mm: Mm, old_addr: number, new_addr: number, len: number): void {
  const source = mm.huge === NO_HUGE ? undefined : mm.vma_lookup(old_addr);
  if (source !== undefined) split_huge_pmds(k, source, old_addr, old_addr + len);
  const pteval = newPte();
  mm.pt.forEach(old_addr, old_addr + len, pteval, (vpn) => {
    mm.pt.clear(vpn);
    set_pte_at(k, mm.pt, new_addr + (vpn - old_addr), pteval);
  });
}
