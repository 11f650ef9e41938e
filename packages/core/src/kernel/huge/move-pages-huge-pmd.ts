// SPDX-License-Identifier: GPL-2.0-or-later
/** UFFDIO_MOVE at a PMD that maps memory itself: move_pages_huge_pmd() (mm/huge_memory.c). */
import type { Pte } from '../../arch/contract.js';
import type { HugeCodec } from '../../arch/huge.js';
import { PMD } from '../../mm/level.js';
import type { Vma } from '../../mm/vma.js';
import { type Kernel, newPte } from '../base/kernel.js';

/**
 * move_pages_huge_pmd() of the huge zero folio, the one folio of a PMD's size that anonymous memory has here: it
 * moves from page `src` to the empty place at page `dst`, both aligned.
 */
export function move_pages_huge_pmd(k: Kernel, dst_vma: Vma, src_vma: Vma, dst: number, src: number): void {
  const codec = k.arch.pmd as HugeCodec;
  const { pt } = src_vma.mm;
  const entry = newPte();
  pt.getHuge(PMD, src, entry);
  if (!k.feature.move_zero_pmd_entry) rebuild(k, codec, entry, dst_vma);
  pt.clearHuge(PMD, src);
  pt.setHuge(PMD, dst, entry);
}

/**
 * The entry made anew, before `move_zero_pmd_entry`: never special, and from folio_mk_pmd() on of a folio that is
 * NULL here, since there is none to lock.
 */
function rebuild(k: Kernel, codec: HugeCodec, entry: Pte, vma: Vma): void {
  let pfn = codec.pfn(entry);
  if (k.feature.folio_mk_pmd) {
    const of_null = k.arch.facts.page_to_pfn_of_null;
    if (of_null === null) k.oops('oops_folio_mk_pmd', 'folio NULL');
    pfn = of_null;
  }
  codec.pfn_pxd(entry, pfn, vma.vm_page_prot as Pte);
  codec.mkhuge(entry);
}
