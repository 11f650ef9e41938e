// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What the walkers of mm do with a PMD or PUD that maps memory itself (mm/huge_memory.c). Each function is
 * given the entry by its first page, as the walk found it, and answers whether it is done with it: false, and
 * the walk goes on with what is there now.
 */
import type { Pte } from '../../arch/contract.js';
import { PG } from '../../machine/frame-table.js';
import { type HugeLevel, PMD, PUD } from '../../mm/level.js';
import { MM_ANONPAGES } from '../../mm/rss.js';
import { is_cow_mapping, VM_SHARED } from '../../mm/vm-flags.js';
import { type Vma, vma_is_anonymous } from '../../mm/vma.js';
import { type Kernel, newPte } from '../base/kernel.js';
import type { MmuGather } from '../base/mmu-gather.js';
import { rewritten } from '../base/rewritten.js';
import { folio_mark_accessed, folio_mark_dirty, vma_has_recency } from '../folio/folio-add-lru.js';
import { folio_remove_rmap_pmd, folio_try_dup_anon_rmap_pmd, mm_counter } from '../folio/rmap.js';
import { is_huge_zero_pmd, vm_normal_page_huge } from '../pte/normal-page.js';
import { mm_get_huge_zero_folio } from './huge-zero.js';
import { drop_file_folio, is_whole, split_huge_pmd, split_huge_pud, vma_is_special_huge } from './split-huge.js';

/** zap_pmd_range() at a huge PMD: zap_huge_pmd() of a whole one; one that is zapped in part is split first. */
export function zap_huge_pmd(k: Kernel, tlb: MmuGather, vma: Vma, first: number, start: number, end: number): boolean {
  const codec = k.arch.pmd!;
  if (!is_whole(first, codec.pages, start, end)) {
    split_huge_pmd(k, vma, first);
    return false;
  }
  const orig = newPte();
  vma.mm.pt.getHuge(PMD, first, orig);
  vma.mm.pt.clearHuge(PMD, first);
  const page = zapped_folio(k, vma, first, orig);
  if (page < 0) return true;
  const folio = k.large_folio(page);
  if (folio === undefined) {
    drop_file_folio(k, vma, page, codec.pages);
    return true;
  }
  folio_remove_rmap_pmd(k, folio, vma);
  vma.mm.add_mm_counter(mm_counter(k, page), -codec.pages);
  if (!k.test_anon(page)) {
    if (codec.dirty(orig)) folio_mark_dirty(k, page);
    if (k.feature.zap_huge_accessed && codec.young(orig) && vma_has_recency(k, vma)) folio_mark_accessed(k, page);
  }
  tlb.pages.push(page);
  return true;
}

/** zap_huge_pmd(): the folio that the entry maps, -1 for none. */
const zapped_folio = rewritten('zap_huge_normal_folio', { before: folio_by_vma, since: folio_by_entry });

/** zap_huge_pmd() (mm/huge_memory.c): what the VMA does not say is no folio. */
function folio_by_vma(k: Kernel, vma: Vma, _first: number, orig: Pte): number {
  if (vma_is_special_huge(vma) || is_huge_zero_pmd(k, orig)) return -1;
  if (!k.arch.pmd!.present(orig)) {
    k.warn('zap_huge_pmd_not_present');
    k.oops('oops_zap_huge_pmd', 'folio NULL');
  }
  return k.arch.pmd!.pfn(orig);
}

/** normal_or_softleaf_folio_pmd() (mm/huge_memory.c of 7.1). */
function folio_by_entry(k: Kernel, vma: Vma, first: number, orig: Pte): number {
  if (k.arch.pmd!.present(orig)) return vm_normal_page_huge(k, vma, first, PMD, orig);
  k.warn('zap_huge_pmd_not_present');
  return -1;
}

/** zap_pud_range() (mm/memory.c) at a huge PUD, which knows no pages. */
export function zap_huge_pud(k: Kernel, vma: Vma, first: number, start: number, end: number): boolean {
  const { pages } = k.arch.pud!;
  if (!is_whole(first, pages, start, end)) {
    split_huge_pud(vma, first);
    return false;
  }
  vma.mm.pt.clearHuge(PUD, first);
  if (!vma_is_special_huge(vma)) k.BUG('zap_huge_pud_of_pages');
  return true;
}

/**
 * copy_huge_pmd(): a special PMD, and what maps anonymous memory, are copied; what else a fault can bring back is
 * left to it. `pmd` holds the entry. False: a folio that may be pinned was split into PTEs, and its pages are to be copied.
 */
export function copy_huge_pmd(k: Kernel, dst: Vma, src: Vma, first: number, pmd: Pte): boolean {
  const codec = k.arch.pmd!;
  const zero = is_huge_zero_pmd(k, pmd);
  const frames = codec.present(pmd) && codec.special(pmd) && !zero;
  if (!frames) {
    if (!vma_is_anonymous(dst)) return true;
    if (zero) {
      mm_get_huge_zero_folio(k, dst.mm);
    } else {
      const folio = k.large_folio(codec.pfn(pmd))!;
      k.folio_get(folio);
      // the huge zero folio, where an entry of it is not present
      if (!k.frames.test(folio.id, PG.anon)) k.warn('rmap_dup_not_anon');
      if (!folio_try_dup_anon_rmap_pmd(k, folio, dst, src)) {
        k.put_page(folio.id);
        split_huge_pmd(k, src, first);
        return false;
      }
      dst.mm.add_mm_counter(MM_ANONPAGES, codec.pages);
    }
    codec.wrprotect(pmd);
    src.mm.pt.setHuge(PMD, first, pmd);
  }
  codec.mkold(pmd);
  dst.mm.pt.setHuge(PMD, first, pmd);
  return true;
}

/** copy_huge_pud(): old, and not writable where a write must copy. */
export function copy_huge_pud(k: Kernel, dst: Vma, src: Vma, first: number): boolean {
  const codec = k.arch.pud!;
  const pud = newPte();
  src.mm.pt.getHuge(PUD, first, pud);
  if (codec.write(pud) && (is_cow_mapping(src.vm_flags) || !k.feature.fork_huge_pfnmap)) {
    codec.wrprotect(pud);
    src.mm.pt.setHuge(PUD, first, pud);
  }
  codec.mkold(pud);
  dst.mm.pt.setHuge(PUD, first, pud);
  return true;
}

/** change_pmd_range() at a huge PMD: change_huge_pmd() of a whole one, else it is split. */
export function change_huge_pmd(
  k: Kernel,
  vma: Vma,
  first: number,
  start: number,
  end: number,
  tryWritable: boolean,
): boolean {
  const codec = k.arch.pmd!;
  if (!is_whole(first, codec.pages, start, end)) {
    split_huge_pmd(k, vma, first);
    return false;
  }
  const entry = newPte();
  vma.mm.pt.getHuge(PMD, first, entry);
  if (!codec.present(entry)) {
    k.warn_once('pmdp_invalidate_ad_not_present');
    k.warn_once('pmdp_invalidate_not_present');
  }
  codec.modify(entry, vma.vm_page_prot as Pte);
  if (tryWritable && !codec.write(entry) && can_change_pmd_writable(k, vma, first, entry)) codec.mkwrite(entry);
  vma.mm.pt.setHuge(PMD, first, entry);
  return true;
}

/** can_change_pmd_writable(): as of a PTE, but never by a clean one. */
function can_change_pmd_writable(k: Kernel, vma: Vma, first: number, pmd: Pte): boolean {
  const codec = k.arch.pmd!;
  if (codec.protnone(pmd)) return false;
  if ((vma.vm_flags & VM_SHARED) !== 0) return codec.dirty(pmd);
  const page = vm_normal_page_huge(k, vma, first, PMD, pmd);
  return page >= 0 && k.test_anon(page) && k.frames.test(page, PG.anon_exclusive);
}

/** change_pud_range() at a huge PUD: change_huge_pud() of a whole one, else it is split. */
export function change_huge_pud(k: Kernel, vma: Vma, first: number, start: number, end: number): boolean {
  const codec = k.arch.pud!;
  if (!is_whole(first, codec.pages, start, end)) {
    split_huge_pud(vma, first);
    return false;
  }
  const entry = newPte();
  vma.mm.pt.getHuge(PUD, first, entry);
  codec.modify(entry, vma.vm_page_prot as Pte);
  vma.mm.pt.setHuge(PUD, first, entry);
  return true;
}

/**
 * move_page_tables() at a huge PMD or PUD of `[start, end)`: move_huge_pmd() where the whole of it moves to an
 * aligned and empty place, else it is split.
 */
export function move_huge(
  k: Kernel,
  vma: Vma,
  level: HugeLevel,
  first: number,
  start: number,
  end: number,
  delta: number,
): boolean {
  const { pages } = (level === PMD ? k.arch.pmd : k.arch.pud)!;
  const { pt } = vma.mm;
  const to = first + delta;
  if (!is_whole(first, pages, start, end) || delta % pages !== 0 || !pt.isEmpty(to, to + pages)) {
    if (level === PMD) split_huge_pmd(k, vma, first);
    else split_huge_pud(vma, first);
    return false;
  }
  const entry = newPte();
  pt.getHuge(level, first, entry);
  pt.clearHuge(level, first);
  pt.setHuge(level, to, entry);
  return true;
}

/** walk_page_range() (mm/pagewalk.c) of a walk that looks at PMDs and PTEs only: a huge PUD on its way is split. */
export function split_on_the_way(vma: Vma, first: number): boolean {
  split_huge_pud(vma, first);
  return false;
}
