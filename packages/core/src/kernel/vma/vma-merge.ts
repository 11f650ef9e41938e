// SPDX-License-Identifier: GPL-2.0-or-later
/** Splitting and merging VMAs (mm/vma.c of 6.12). */

import { is_cow_mapping, VM_MAYBE_GUARD, VM_SOFTDIRTY, VM_SPECIAL } from '../../mm/vm-flags.js';
import type { Vma } from '../../mm/vma.js';
import { type VmaMerge, vmg_vma_state } from '../../mm/vma-merge-struct.js';
import { EINVAL, errnoCode } from '../base/errno.js';
import type { Kernel } from '../base/kernel.js';
import { anon_vma_clone, anon_vma_merge } from '../folio/rmap.js';
import { vma_adjust_trans_huge } from '../huge/split-huge.js';
import { hstate_vma, is_unaligned, is_vm_hugetlb_page } from '../hugetlb/hstate.js';
import { hugetlb_vm_op_open } from '../hugetlb/reservation.js';
import { vma_pfnmap_track_ctx_dup, vma_pfnmap_track_ctx_release } from '../pte/pat.js';
import type { UnmergedReason } from '../reason/merge.js';

/** VM_STICKY: bits that do not keep VMAs apart, and that a merged VMA has if one of its parts had them. */
const VM_STICKY = VM_SOFTDIRTY | VM_MAYBE_GUARD;

/**
 * !is_mergeable_vma() (mm/vma.c; mm/mmap.c until 6.11): why. Until 6.11 it is here that a vm_ops->close counts: of
 * every neighbour until 6.3, then of one that may go (`may_remove_vma`), which is the one behind the range.
 */
function unmergeable_vma(k: Kernel, vmg: VmaMerge, vma: Vma, may_remove_vma: boolean): UnmergedReason | null {
  if (vma.vm_flags_hi !== vmg.flags_hi || ((vma.vm_flags ^ vmg.flags) & ~VM_STICKY) !== 0) return 'unmerged_flags';
  if (vma.vm_file !== vmg.file) return 'unmerged_file';
  if (can_merge_remove_vma(vma) || k.feature.merge_close_removed) return null;
  return may_remove_vma || !k.feature.merge_left_close ? 'unmerged_close' : null;
}

/**
 * is_mergeable_anon_vma(): different anon_vmas never merge, and a VMA that was cloned from a parent's
 * only with its like. `vma` is the neighbour.
 */
function is_mergeable_anon_vma(k: Kernel, vmg: VmaMerge, vma: Vma): boolean {
  const a = vmg.anon_vma;
  const b = vma.anon_vma;
  if (k.feature.merge_unfaulted_anon && a !== null && b === null) {
    return !vma_is_fork_child(vmg.vma) && !vma_is_fork_child(vmg.copied_from);
  }
  if ((a === null || b === null) && vma.anon_vma_chain.length === 1) return true;
  return a === b;
}

/** Ours: why is_mergeable_anon_vma() says no. */
function unmergeable_anon(vmg: VmaMerge, vma: Vma): UnmergedReason {
  return vmg.anon_vma !== null && vma.anon_vma !== null ? 'unmerged_anon_vma' : 'unmerged_anon_chain';
}

/** vma_is_fork_child() (mm/vma.c of 6.19), once vma_had_uncowed_parents(): chained to more than its own anon_vma. */
function vma_is_fork_child(vma: Vma | undefined): boolean {
  return vma !== undefined && vma.anon_vma_chain.length > 1;
}

/** needs_adjacent_anon_pgoff(): the pages of a private file mapping are counted in two ways, which must both go on. */
function needs_adjacent_anon_pgoff(k: Kernel, vmg: VmaMerge): boolean {
  return k.feature.anon_pgoff && vmg.file !== null && is_cow_mapping(vmg.flags);
}

/** can_vma_merge_left() (mm/vma.c); what keeps an adjacent VMA apart is noted. */
function can_vma_merge_left(k: Kernel, vmg: VmaMerge): boolean {
  const { prev } = vmg;
  if (prev === undefined || prev.vm_end !== vmg.start) return false;
  const apart = unmerged_left(k, vmg, prev);
  k.out.unmerged_left = apart;
  return apart === null;
}

/** can_vma_merge_left() and can_vma_merge_after() (mm/vma.c) of an adjacent VMA: why not. */
function unmerged_left(k: Kernel, vmg: VmaMerge, prev: Vma): UnmergedReason | null {
  const differs = unmergeable_vma(k, vmg, prev, false);
  if (differs !== null) return differs;
  if (!is_mergeable_anon_vma(k, vmg, prev)) return unmergeable_anon(vmg, prev);
  if (prev.vm_pgoff + prev.pages !== vmg.pgoff) return 'unmerged_left_pgoff';
  const anon = needs_adjacent_anon_pgoff(k, vmg) && prev.anon_pgoff + prev.pages !== vmg.anon_pgoff;
  return anon ? 'unmerged_left_anon_pgoff' : null;
}

/** can_vma_merge_right() (mm/vma.c); what keeps an adjacent VMA apart is noted. */
function can_vma_merge_right(k: Kernel, vmg: VmaMerge, can_merge_left: boolean): boolean {
  const { next } = vmg;
  if (next === undefined || vmg.end !== next.vm_start) return false;
  const apart = unmerged_right(k, vmg, next, can_merge_left);
  k.out.unmerged_right = apart;
  return apart === null;
}

/** can_vma_merge_right() and can_vma_merge_before() (mm/vma.c) of an adjacent VMA: why not. */
function unmerged_right(k: Kernel, vmg: VmaMerge, next: Vma, can_merge_left: boolean): UnmergedReason | null {
  const differs = unmergeable_vma(k, vmg, next, true);
  if (differs !== null) return differs;
  if (!is_mergeable_anon_vma(k, vmg, next)) return unmergeable_anon(vmg, next);
  const pages = vmg.end - vmg.start;
  if (next.vm_pgoff !== vmg.pgoff + pages) return 'unmerged_right_pgoff';
  if (needs_adjacent_anon_pgoff(k, vmg) && next.anon_pgoff !== vmg.anon_pgoff + pages)
    return 'unmerged_right_anon_pgoff';
  if (!can_merge_left) return null;
  const left = vmg.prev!.anon_vma;
  return left === null || next.anon_vma === null || left === next.anon_vma ? null : 'unmerged_anon_vma';
}

/** Ours: notes what keeps the VMAs that touch the range apart from it. */
function keeps_apart(k: Kernel, { prev, next, start, end }: VmaMerge, reason: UnmergedReason): undefined {
  k.out.unmerged_left = prev !== undefined && prev.vm_end === start ? reason : null;
  k.out.unmerged_right = next !== undefined && next.vm_start === end ? reason : null;
  return undefined;
}

/** can_merge_remove_vma() (mm/vma.c): a VMA with a close hook must not disappear in a merge. */
function can_merge_remove_vma(vma: Vma): boolean {
  return vma.vm_ops?.driver?.close !== true;
}

/** dup_anon_vma(): the VMA that grows over anonymous pages needs their anon_vma. */
function dup_anon_vma(dst: Vma, src: Vma): void {
  if (src.anon_vma === null || dst.anon_vma !== null) return;
  dst.anon_vma = src.anon_vma;
  anon_vma_clone(dst, src);
}

/**
 * commit_merge() with vma_prepare() and vma_complete(): `vma` takes the range of `vmg`, `adjust`
 * moves its start, `remove` and `remove2` go.
 */
function commit_merge(
  k: Kernel,
  vmg: VmaMerge,
  adjust: Vma | undefined,
  remove: Vma | undefined,
  remove2: Vma | undefined,
  adj_start: number,
): void {
  const vma = vmg.vma!;
  const file = vma.vm_file;
  vma_adjust_trans_huge(
    k,
    vma,
    vmg.start,
    vmg.end,
    adj_start > 0 ? adjust : undefined,
    (adjust?.vm_start ?? 0) + adj_start,
  );
  file?.remove(vma);
  if (adjust !== undefined) file?.remove(adjust);
  vma.vm_start = vmg.start;
  vma.vm_end = vmg.end;
  vma.vm_pgoff = vmg.pgoff;
  vma.anon_pgoff = vmg.anon_pgoff;
  if (adjust !== undefined) {
    adjust.vm_start += adj_start;
    adjust.vm_pgoff += adj_start;
    adjust.anon_pgoff += adj_start;
    file?.insert(adjust);
  }
  file?.insert(vma);
  for (const gone of [remove, remove2]) {
    if (gone === undefined) continue;
    if ((gone.vm_flags & VM_MAYBE_GUARD) !== 0) k.setFlags(vma, vma.vm_flags | VM_MAYBE_GUARD, 'flags_merge_guard');
    file?.remove(gone);
    if (gone.anon_vma !== null) anon_vma_merge(k, gone);
    gone.unlink();
    vma_pfnmap_track_ctx_release(k, gone);
  }
}

/** vma_merge_existing_range(): the VMA that holds the range afterwards, or undefined for no merge. */
function vma_merge_existing_range(k: Kernel, vmg: VmaMerge): Vma | undefined {
  const vma = vmg.vma!;
  const { prev, start, end, mm } = vmg;
  const left_side = start === vma.vm_start;
  const right_side = end === vma.vm_end;
  if ((vmg.flags & VM_SPECIAL) !== 0) return keeps_apart(k, vmg, 'unmerged_special');
  if (!left_side && !right_side) return undefined;

  const merge_left = left_side && can_vma_merge_left(k, vmg);
  let merge_right = false;
  let next: Vma | undefined;
  if (right_side) {
    // the range behind the VMA: a VMA only if it is adjacent
    next = mm.find_vma(vma.vm_end);
    vmg.next = next !== undefined && next.vm_start === end ? next : undefined;
    next = vmg.next;
    merge_right = can_vma_merge_right(k, vmg, merge_left);
  }
  if (!merge_left && !merge_right) return undefined;
  let merge_both = merge_left && merge_right;
  const will_delete_vma = left_side && right_side;
  if (will_delete_vma && !can_merge_remove_vma(vma)) {
    if (k.feature.merge_close_removed) return keeps_apart(k, vmg, 'unmerged_close');
    // case 7 of vma_merge() in mm/mmap.c; what goes in its cases 6 and 8 is like a neighbour that was asked
    if (merge_left && !merge_right && k.feature.merge_close_case_7) {
      k.out.unmerged_left = 'unmerged_close_case_7';
      return undefined;
    }
  }
  let will_delete_next = merge_both;
  if (will_delete_next && !can_merge_remove_vma(next!)) {
    will_delete_next = false;
    merge_right = false;
    merge_both = false;
    k.out.unmerged_right = 'unmerged_close';
  }

  let adjust: Vma | undefined;
  let adj_start = 0;
  if (merge_left) k.merges(mm, prev!.vm_start, prev!.vm_end, merge_both ? 'merged_both' : 'merged_left');
  if (merge_right) k.merges(mm, next!.vm_start, next!.vm_end, merge_both ? 'merged_both' : 'merged_right');
  if (merge_both) {
    vmg.vma = prev;
    vmg.start = prev!.vm_start;
    vmg.end = next!.vm_end;
    vmg.pgoff = prev!.vm_pgoff;
    vmg.anon_pgoff = prev!.anon_pgoff;
    dup_anon_vma(prev!, next!.anon_vma !== null ? next! : vma);
  } else if (merge_left) {
    vmg.vma = prev;
    vmg.start = prev!.vm_start;
    vmg.pgoff = prev!.vm_pgoff;
    vmg.anon_pgoff = prev!.anon_pgoff;
    if (!will_delete_vma) {
      adjust = vma;
      adj_start = vmg.end - vma.vm_start;
    }
    dup_anon_vma(prev!, vma);
  } else {
    const pglen = vmg.end - vmg.start;
    if (will_delete_vma) {
      vmg.vma = next;
      vmg.end = next!.vm_end;
      vmg.pgoff = next!.vm_pgoff - pglen;
      vmg.anon_pgoff = next!.anon_pgoff - pglen;
    } else {
      vmg.start = vma.vm_start;
      vmg.end = start;
      vmg.pgoff = vma.vm_pgoff;
      vmg.anon_pgoff = vma.anon_pgoff;
      adjust = next;
      adj_start = -(vma.vm_end - start);
    }
    dup_anon_vma(next!, vma);
  }
  commit_merge(k, vmg, adjust, will_delete_vma ? vma : undefined, will_delete_next ? next : undefined, adj_start);
  return merge_left ? prev : next;
}

/** vma_merge_new_range(): the neighbour that grew over the new range, or undefined. */
export function vma_merge_new_range(k: Kernel, vmg: VmaMerge): Vma | undefined {
  const { prev, next, start, end, pgoff, anon_pgoff } = vmg;
  if (prev === undefined && next === undefined) return undefined;
  if ((vmg.flags & VM_SPECIAL) !== 0) return keeps_apart(k, vmg, 'unmerged_special');
  const can_merge_left = can_vma_merge_left(k, vmg);
  const can_merge_right = can_vma_merge_right(k, vmg, can_merge_left);
  if (can_merge_right) {
    vmg.end = next!.vm_end;
    vmg.vma = next;
    vmg.pgoff = next!.vm_pgoff - (end - start);
    vmg.anon_pgoff = next!.anon_pgoff - (end - start);
  }
  if (can_merge_left) {
    vmg.start = prev!.vm_start;
    vmg.vma = prev;
    vmg.pgoff = prev!.vm_pgoff;
    vmg.anon_pgoff = prev!.anon_pgoff;
    if (can_merge_right && !can_merge_remove_vma(next!)) {
      vmg.end = end;
      k.out.unmerged_right = 'unmerged_close';
    }
  }
  if (vmg.vma !== undefined) {
    const both = can_merge_left && vmg.end !== end;
    if (can_merge_left && vmg.extended !== prev)
      k.merges(vmg.mm, prev!.vm_start, prev!.vm_end, both ? 'merged_both' : 'merged_left');
    if (vmg.end !== end) k.merges(vmg.mm, next!.vm_start, next!.vm_end, both ? 'merged_both' : 'merged_right');
    vma_expand(k, vmg);
    return vmg.vma;
  }
  vmg.start = start;
  vmg.end = end;
  vmg.pgoff = pgoff;
  vmg.anon_pgoff = anon_pgoff;
  return undefined;
}

/** vma_expand(). */
function vma_expand(k: Kernel, vmg: VmaMerge): void {
  const vma = vmg.vma!;
  const { next } = vmg;
  let remove: Vma | undefined;
  if (next !== undefined && vma !== next && vmg.end === next.vm_end) {
    remove = next;
    dup_anon_vma(vma, next);
  }
  if (vmg.copied_from !== undefined) dup_anon_vma(vma, vmg.copied_from);
  commit_merge(k, vmg, undefined, remove, undefined, 0);
}

/** __split_vma(): cuts `vma` at `addr`; with `new_below` the new VMA is the lower part. Returns the new one. */
export function split_vma(k: Kernel, vma: Vma, addr: number, new_below: boolean): Vma {
  const { mm, vm_file: file } = vma;
  vma_adjust_trans_huge(k, vma, vma.vm_start, addr);
  const fresh = k.newVma(mm);
  fresh.copyFrom(vma);
  vma_pfnmap_track_ctx_dup(k, fresh);
  if (fresh.hugetlb !== null) hugetlb_vm_op_open(k, fresh);
  if (new_below) {
    fresh.vm_end = addr;
  } else {
    fresh.vm_start = addr;
    fresh.vm_pgoff += addr - vma.vm_start;
    fresh.anon_pgoff += addr - vma.vm_start;
  }
  anon_vma_clone(fresh, vma);
  file?.insert(fresh);
  file?.remove(vma);
  if (new_below) {
    vma.vm_pgoff += addr - vma.vm_start;
    vma.anon_pgoff += addr - vma.vm_start;
    vma.vm_start = addr;
  } else {
    vma.vm_end = addr;
  }
  file?.insert(vma);
  fresh.link();
  return fresh;
}

/** __split_vma(): what the operations' `.may_split` says to cutting at `start` or `end`, 0 or a negative errno. */
export function may_split(k: Kernel, vma: Vma, start: number, end: number): number {
  if (is_vm_hugetlb_page(vma)) return hugetlb_vm_op_split(k, vma, start, end);
  return is_split_refused(vma, start, end)
    ? k.fails('may_split_refuses', -(errnoCode(vma.vm_ops!.driver!.may_split!) ?? EINVAL))
    : 0;
}

/** hugetlb_vm_op_split() (mm/hugetlb.c) at `start` and then at `end`: what was cut before it refuses stays cut. */
function hugetlb_vm_op_split(k: Kernel, vma: Vma, start: number, end: number): number {
  const h = hstate_vma(k, vma);
  if (vma.vm_start < start && is_unaligned(h, start)) return k.fails('hugetlb_split', -EINVAL);
  if (vma.vm_end <= end || !is_unaligned(h, end)) return 0;
  if (vma.vm_start < start) split_vma(k, vma, start, true);
  return k.fails('hugetlb_split', -EINVAL);
}

/** Ours: would `.may_split` refuse? For who goes on without. */
export function is_split_refused(vma: Vma, start: number, end: number): boolean {
  return vma.vm_ops?.driver?.may_split !== undefined && (vma.vm_start < start || vma.vm_end > end);
}

/** vma_modify(): a VMA for exactly `[start, end)` with new properties, by merging, else by splitting. */
export function vma_modify_flags(
  k: Kernel,
  prev: Vma | undefined,
  vma: Vma,
  start: number,
  end: number,
  flags: number,
  flags_hi = vma.vm_flags_hi,
): Vma {
  const vmg = vmg_vma_state(prev, vma, start, end);
  vmg.flags = flags;
  vmg.flags_hi = flags_hi;
  const merged = vma_merge_existing_range(k, vmg);
  if (merged !== undefined) return merged;
  if (vma.vm_start < start) split_vma(k, vma, start, true);
  if (vma.vm_end > end) split_vma(k, vma, end, false);
  return vma;
}

/**
 * vma_merge_extend(): grows `vma` by `delta` pages, over what follows if that is alike. Where is_mergeable_vma() refuses
 * all with a vm_ops->close, mremap() has vma_adjust() extend those, whatever else they are.
 */
export function vma_merge_extend(k: Kernel, vma: Vma, delta: number): Vma | undefined {
  if (!can_merge_remove_vma(vma) && !k.feature.merge_left_close && !k.feature.merge_close_removed) {
    commit_merge(
      k,
      vmg_vma_state(undefined, vma, vma.vm_start, vma.vm_end + delta),
      undefined,
      undefined,
      undefined,
      0,
    );
    return vma;
  }
  const vmg = vmg_vma_state(vma, vma, vma.vm_end, vma.vm_end + delta);
  vmg.next = vma.mm.find_vma(vma.vm_end);
  vmg.vma = undefined;
  vmg.extended = vma;
  return vma_merge_new_range(k, vmg);
}
