// SPDX-License-Identifier: GPL-2.0-or-later
/** ioctl(UFFDIO_MOVE) (mm/userfaultfd.c): anonymous pages change their address, and with it their VMA. */
import type { Pte } from '../../arch/contract.js';
import { F, PG } from '../../machine/frame-table.js';
import { PMD } from '../../mm/level.js';
import {
  VM_ACCESS_FLAGS,
  VM_HUGETLB,
  VM_IO,
  VM_LOCKED,
  VM_MIXEDMAP,
  VM_PFNMAP,
  VM_SHARED,
  VM_UFFD_MISSING,
  VM_UFFD_RWP_HI,
  VM_UFFD_WP,
  VM_WRITE,
} from '../../mm/vm-flags.js';
import { type Mm, type Vma, vma_is_anonymous } from '../../mm/vma.js';
import { EAGAIN, EBUSY, EEXIST, EINVAL, ENOENT } from '../base/errno.js';
import { type Kernel, newPte, pte_same } from '../base/kernel.js';
import { visits } from '../base/most-pages.js';
import { linear_anon_page_index } from '../base/page-index.js';
import { pfnmap_or_other } from '../base/which-flag.js';
import { anon_vma_prepare, folio_maybe_dma_pinned, folio_move_anon_rmap } from '../folio/rmap.js';
import { move_pages_huge_pmd } from '../huge/move-pages-huge-pmd.js';
import { split_huge_pmd } from '../huge/split-huge.js';
import { is_huge_zero_pfn, vm_normal_page } from '../pte/normal-page.js';
import { set_pte_at } from '../pte/set-pte.js';
import { swap_offset_of } from '../swap/swapfile.js';

/** userfaultfd_move() (fs/userfaultfd.c, mm/userfaultfd.c), in pages: 0, or a negative errno. */
export function userfaultfd_move(k: Kernel, mm: Mm, dst: number, src: number, len: number, holes: boolean): number {
  if (!k.feature.uffdio_move) return k.fails('uffd_move_unknown', -EINVAL);
  // validate_range() of both
  const { task_pages } = k.arch;
  const last = task_pages - len;
  if (len === 0) return k.fails('uffd_move_empty', -EINVAL);
  if (dst > last || src > last) return k.fails('uffd_move_beyond_task', -EINVAL);
  const vmas = uffd_move_lock(k, mm, dst, src);
  if (vmas === null)
    return k.fails(mm.vma_lookup(dst) === undefined ? 'uffd_move_dst_unmapped' : 'uffd_move_src_unmapped', -ENOENT);
  const [dst_vma, src_vma] = vmas;
  const refused = validate_move(k, dst_vma, src_vma, dst, src, len);
  if (refused !== 0) return refused;
  const ret = move_pages(k, dst_vma, src_vma, dst, src, len, holes);
  if (ret === len) return 0;
  return ret < 0 ? k.passes(ret) : k.turns('uffd_move_partial', -EAGAIN);
}

/** uffd_move_lock(): both VMAs; the one that pages move to gets its anon_vma. */
function uffd_move_lock(k: Kernel, mm: Mm, dst: number, src: number): readonly [dst: Vma, src: Vma] | null {
  const dst_vma = mm.vma_lookup(dst);
  if (dst_vma === undefined) return null;
  if ((dst_vma.vm_flags & VM_SHARED) === 0) anon_vma_prepare(k, dst_vma);
  const src_vma = mm.vma_lookup(src);
  return src_vma === undefined ? null : [dst_vma, src_vma];
}

/** The checks of move_pages(), and validate_move_areas(). */
function validate_move(k: Kernel, dst_vma: Vma, src_vma: Vma, dst: number, src: number, len: number): number {
  if (((src_vma.vm_flags | dst_vma.vm_flags) & VM_SHARED) !== 0) return k.fails('uffd_move_shared', -EINVAL);
  if (src + len > src_vma.vm_end || dst + len > dst_vma.vm_end) return k.fails('uffd_move_beyond', -EINVAL);
  const differ = src_vma.vm_flags ^ dst_vma.vm_flags;
  if ((differ & VM_ACCESS_FLAGS) !== 0) return k.fails('uffd_move_rights', -EINVAL);
  if (!pte_same(src_vma.vm_page_prot as Pte, dst_vma.vm_page_prot as Pte))
    return k.fails('uffd_move_page_prot', -EINVAL);
  if ((differ & VM_LOCKED) !== 0) return k.fails('uffd_move_locked', -EINVAL);
  if ((src_vma.vm_flags & VM_WRITE) === 0) return k.fails('uffd_move_read_only', -EINVAL);
  // vma_move_compatible()
  const either = src_vma.vm_flags | dst_vma.vm_flags;
  if ((either & (VM_PFNMAP | VM_IO | VM_HUGETLB | VM_MIXEDMAP)) !== 0)
    return k.fails(`uffd_move_${pfnmap_or_other(either)}`, -EINVAL);
  if (!is_registered(dst_vma)) return k.fails('uffd_move_unregistered', -EINVAL);
  if (!vma_is_anonymous(src_vma) || !vma_is_anonymous(dst_vma)) return k.fails('uffd_move_file', -EINVAL);
  return 0;
}

/** Ours: vm_userfaultfd_ctx has a ctx, which the model knows by what the VMA is registered for. */
function is_registered(vma: Vma): boolean {
  return (vma.vm_flags & (VM_UFFD_MISSING | VM_UFFD_WP)) !== 0 || (vma.vm_flags_hi & VM_UFFD_RWP_HI) !== 0;
}

/** move_pages(): how many pages moved, or what kept the first from it. */
function move_pages(
  k: Kernel,
  dst_vma: Vma,
  src_vma: Vma,
  dst: number,
  src: number,
  len: number,
  holes: boolean,
): number {
  let moved = 0;
  visits(len);
  while (moved < len) {
    const step = move_step(k, dst_vma, src_vma, dst + moved, src + moved, len - moved, holes);
    if (step < 0) return moved === 0 ? step : moved;
    moved += step;
  }
  return moved;
}

/** One round of move_pages(): a PMD or a PTE, of the `left` pages that are left: how many pages it was, or its error. */
function move_step(
  k: Kernel,
  dst_vma: Vma,
  src_vma: Vma,
  to: number,
  from: number,
  left: number,
  holes: boolean,
): number {
  const { pt } = src_vma.mm;
  if (pt.isHuge(to)) return k.fails('uffd_move_exists', -EEXIST);
  const codec = k.arch.pmd;
  const entry = newPte();
  if (codec !== undefined && pt.lookup(from, entry) === PMD) {
    if (!is_huge_zero_pfn(k, codec.pfn(entry))) return k.fails('uffd_move_huge_not_exclusive', -EBUSY);
    const { pages } = codec;
    // move_splits_huge_pmd(), and a page table in the way
    if (from % pages === 0 && to % pages === 0 && left >= pages && pt.isEmpty(to, to + pages)) {
      move_pages_huge_pmd(k, dst_vma, src_vma, to, from);
      return pages;
    }
    split_huge_pmd(k, src_vma, from - (from % pages));
  }
  const error = move_pages_pte(k, dst_vma, src_vma, to, from, holes);
  return error === 0 ? 1 : error;
}

/** move_pages_pte(), from 6.18 on move_pages_ptes(), of one page: 0, or a negative errno. */
function move_pages_pte(k: Kernel, dst_vma: Vma, src_vma: Vma, dst: number, src: number, holes: boolean): number {
  const { pt } = src_vma.mm;
  const pteval = newPte();
  pt.get(src, pteval);
  const hole = k.pte.none(pteval);
  if (hole && !holes && no_page_table(k, src_vma, src)) return k.fails('uffd_move_hole', -ENOENT);
  const there = newPte();
  pt.get(dst, there);
  if (!k.pte.none(there)) return k.fails('uffd_move_exists', -EEXIST);
  if (hole) return holes ? 0 : k.fails('uffd_move_hole', -ENOENT);
  if (!k.pte.present(pteval)) return move_swap_pte(k, dst_vma, dst, src, pteval);
  if (k.machine.is_zero_pfn(k.pte.pfn(pteval))) {
    move_zeropage_pte(k, dst_vma, dst, src);
    return 0;
  }
  const page = vm_normal_page(k, src_vma, src, pteval);
  if (page >= 0 && !k.machine.pfn_valid(page)) k.oops('oops_move_pages_pte', page);
  if (page < 0) return k.fails('uffd_move_no_page', -EBUSY);
  if (!k.frames.test(page, PG.anon_exclusive)) return k.fails('uffd_move_not_exclusive', -EBUSY);
  return move_present_pte(k, dst_vma, dst, src, pteval, page);
}

/** pmd_none(): a page table without entries is not seen, and taken for none. */
function no_page_table(k: Kernel, vma: Vma, vpn: number): boolean {
  const pages = k.arch.pmd?.pages;
  if (pages === undefined) return false;
  const first = vpn - (vpn % pages);
  return vma.mm.pt.isEmpty(first, first + pages);
}

/** move_present_pte(), move_present_ptes(): the page keeps its contents, and is dirty if it was. */
function move_present_pte(k: Kernel, vma: Vma, dst: number, src: number, orig: Pte, page: number): number {
  const { pt } = vma.mm;
  // the caller holds a reference of its own
  k.get_page(page);
  const pinned = folio_maybe_dma_pinned(k, page);
  k.put_page(page);
  if (pinned) return k.fails('uffd_move_pinned', -EBUSY);
  pt.clear(src);
  rebind(k, page, vma, dst);
  const entry = newPte();
  k.mk_pte(entry, page, vma.vm_page_prot);
  if (k.pte.dirty(orig)) k.pte.mkdirty(entry);
  k.pte.mkwrite(entry);
  set_pte_at(k, pt, dst, entry);
  return 0;
}

/** folio_move_anon_rmap() and the page's index: the reverse mapping finds it at its new address. */
function rebind(k: Kernel, page: number, vma: Vma, vpn: number): void {
  folio_move_anon_rmap(k, page, vma);
  k.frames.set(page, F.index, linear_anon_page_index(k, vma, vpn));
}

/** move_zeropage_pte(): a zero page of the new address's colour. */
function move_zeropage_pte(k: Kernel, vma: Vma, dst: number, src: number): void {
  const entry = newPte();
  k.pte.pfn_pte(entry, k.machine.zeroPage(dst), vma.vm_page_prot as Pte);
  k.pte.mkspecial(entry);
  vma.mm.pt.clear(src);
  set_pte_at(k, vma.mm.pt, dst, entry);
}

/** move_swap_pte(): the entry moves; a page of it in the swap cache goes with it. */
function move_swap_pte(k: Kernel, vma: Vma, dst: number, src: number, orig: Pte): number {
  if (!k.pte.swp_exclusive(orig)) return k.fails('uffd_move_swap_shared', -EBUSY);
  const slot = k.swap.enabled ? k.swap.slot(swap_offset_of(k, orig)) : undefined;
  // get_swap_device() fails, and move_pages() tries again for ever
  if (slot === undefined) {
    k.out.hang = true;
    return k.fails('uffd_move_no_swap', -EAGAIN);
  }
  if (slot.cache >= 0) rebind(k, slot.cache, vma, dst);
  vma.mm.pt.clear(src);
  set_pte_at(k, vma.mm.pt, dst, orig);
  return 0;
}
