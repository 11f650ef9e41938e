// SPDX-License-Identifier: GPL-2.0-or-later
/** remap_pfn_range() and its relatives (mm/memory.c): a driver maps a run of frames at once. */
import type { Pte } from '../../arch/contract.js';
import { is_cow_mapping, VM_DONTDUMP, VM_DONTEXPAND, VM_IO, VM_PFNMAP } from '../../mm/vm-flags.js';
import type { Vma } from '../../mm/vma.js';
import { EINVAL, ENOMEM } from '../base/errno.js';
import { copyPte, type Kernel, newPte } from '../base/kernel.js';
import { rewritten } from '../base/rewritten.js';
import { vma_start_write } from '../base/vm-flags-set.js';
import { pfnmap_setup_cachemode } from '../pte/memtype.js';
import { vm_pfnmap_normal_page_pfn } from '../pte/normal-page.js';
import { pfnmap_track_ctx_alloc, pfnmap_track_ctx_put, track_pfn_remap, untrack_pfn } from '../pte/pat.js';
import { set_pte_at } from '../pte/set-pte.js';
import { zap_page_range_single } from '../zap/zap.js';

/** Ours: is nothing mapped in the range, at any level? */
export function range_none(vma: Vma, start: number, pages: number): boolean {
  return vma.mm.pt.isEmpty(start, start + pages);
}

/** VMA_REMAP_FLAGS. */
const REMAP_FLAGS = VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP;

/** What a driver asks remap_pfn_range() for: pages `[start, start + pages)` onto the frames from `pfn` on. */
interface Remap {
  readonly start: number;
  readonly pfn: number;
  readonly pages: number;
  /** Pages after which there is no memory for page tables: where pte_alloc_map_lock() fails. */
  readonly failsAfter: number;
  /** vm_page_prot, with the memory type that the frames have. */
  readonly prot: Pte;
}

/** Ours: the remap is of all of the VMA. */
function covers(vma: Vma, { start, pages }: Remap): boolean {
  return start === vma.vm_start && start + pages === vma.vm_end;
}

/** Ours: the remap leads beyond the VMA. */
function leaves(vma: Vma, { start, pages }: Remap): boolean {
  return start < vma.vm_start || start + pages > vma.vm_end;
}

/** get_remap_pgoff() and VMA_REMAP_FLAGS: only all of a COW mapping, whose vm_pgoff then tells its frames. */
function set_remap_vma(k: Kernel, vma: Vma, remap: Remap): number {
  if (is_cow_mapping(vma.vm_flags) && !k.feature.cow_pfnmap_by_anon) {
    if (leaves(vma, remap)) return k.fails('remap_cow_beyond', -EINVAL);
    if (!covers(vma, remap)) return k.fails('remap_cow_partial', -EINVAL);
    vma.vm_pgoff = remap.pfn;
  }
  vma_start_write(k);
  k.setFlags(vma, vma.vm_flags | REMAP_FLAGS, 'flags_remap');
  return 0;
}

/** remap_pte_range() of all page tables: an entry in use is found when its turn comes. */
function remap_pte_ranges(k: Kernel, vma: Vma, { start, pfn, pages, failsAfter, prot }: Remap): number {
  const { pt } = vma.mm;
  const pteval = newPte();
  for (let i = 0; i < pages; i++) {
    if (i === failsAfter) return k.fails('remap_fails_after', -ENOMEM);
    if (pt.isHuge(start + i)) return k.fails('remap_below_huge', -ENOMEM);
    pt.get(start + i, pteval);
    if (!k.pte.none(pteval)) k.BUG('remap_entry_in_use');
    if (vm_pfnmap_normal_page_pfn(k, vma, pfn + i)) return k.fails('remap_anon', -EINVAL);
    k.pte.pfn_pte(pteval, pfn + i, prot);
    k.pte.mkspecial(pteval);
    set_pte_at(k, pt, start + i, pteval);
  }
  return 0;
}

/** remap_pfn_range_notrack(): whatever fails, what is in the range goes (`remap_undo`). */
function remap_pfn_range_notrack(k: Kernel, vma: Vma, remap: Remap, prepare: boolean): number {
  const err = (prepare ? set_remap_vma(k, vma, remap) : 0) || remap_pte_ranges(k, vma, remap);
  if (err !== 0 && k.feature.remap_undo) zap_page_range_single(k, vma, remap.start, remap.pages);
  return err;
}

/** remap_pfn_range() of 6.12: VM_PAT marks a VMA whose memory type is tracked. */
function remap_pfn_range_pat(k: Kernel, vma: Vma, remap: Remap, prepare: boolean): number {
  const refused = track_pfn_remap(k, vma, remap.prot, remap.pfn, remap.start, remap.pages);
  if (refused !== 0) return refused;
  const err = remap_pfn_range_notrack(k, vma, remap, prepare);
  if (err !== 0) untrack_pfn(k, vma, remap.pfn, remap.pages);
  return err;
}

/** remap_pfn_range() of 6.18 (7.3: remap_pfn_range_track()): a VMA is tracked as a whole, and once. */
function remap_pfn_range_track(k: Kernel, vma: Vma, remap: Remap, prepare: boolean): number {
  const tracked = k.arch.facts.PFNMAP_TRACKING && covers(vma, remap);
  const { pfn, pages, prot } = remap;
  if (tracked && vma.pfnmap_track_ctx !== 0) return k.fails('remap_tracked_twice', -EINVAL);
  const ctx = tracked ? pfnmap_track_ctx_alloc(k, pfn, pages, prot) : pfnmap_setup_cachemode(k, pfn, pages, prot);
  if (ctx < 0) return k.passes(ctx);
  const err = remap_pfn_range_notrack(k, vma, remap, prepare);
  if (tracked && err === 0) vma.pfnmap_track_ctx = ctx;
  else if (tracked) pfnmap_track_ctx_put(k, ctx);
  return err;
}

/** do_remap_pfn_range() (mm/memory.c), with memory types as the kernel tracks them: pat.ts has what is tracked. */
const do_remap_pfn_range = rewritten('pfnmap_track_ctx', { before: remap_pfn_range_pat, since: remap_pfn_range_track });

/** remap_pfn_range() since ->mmap_prepare can ask for it: vm_pgoff and the flags come before everything else. */
function remap_pfn_range_prepared(k: Kernel, vma: Vma, remap: Remap): number {
  const err = set_remap_vma(k, vma, remap);
  return err !== 0 ? err : do_remap_pfn_range(k, vma, remap, false);
}

/** remap_pfn_range() (mm/memory.c), in the form that the kernel has. */
const do_remap = rewritten('remap_prepares_first', {
  before: (k: Kernel, vma: Vma, remap: Remap) => do_remap_pfn_range(k, vma, remap, true),
  since: remap_pfn_range_prepared,
});

/**
 * remap_pfn_range(): 0 or a negative errno. `failsAfter`: pages after which memory for page tables runs
 * out.
 */
export function remap_pfn_range(
  k: Kernel,
  vma: Vma,
  start: number,
  pfn: number,
  pages: number,
  failsAfter = Number.POSITIVE_INFINITY,
): number {
  const prot = newPte();
  copyPte(prot, vma.vm_page_prot);
  return do_remap(k, vma, { start, pfn, pages, failsAfter, prot });
}

/** vm_iomap_memory(): `pages` pages of memory from `pfn` on; vm_pgoff and the VMA's size are the window. */
export function vm_iomap_memory(k: Kernel, vma: Vma, pfn: number, pages: number, failsAfter?: number): number {
  const { vm_pgoff } = vma;
  if (vm_pgoff < 0 || vm_pgoff > pages || vma.pages > pages - vm_pgoff) return k.fails('iomap_window', -EINVAL);
  return remap_pfn_range(k, vma, vma.vm_start, pfn + vm_pgoff, vma.pages, failsAfter);
}
