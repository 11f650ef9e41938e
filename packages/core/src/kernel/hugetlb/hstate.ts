// SPDX-License-Identifier: GPL-2.0-or-later
/** Mappings of hugetlb, and the entries that they have (include/linux/hugetlb.h, mm/hugetlb.c). */
import type { Pte } from '../../arch/contract.js';
import type { HugeCodec } from '../../arch/huge.js';
import type { Hstate } from '../../machine/hugetlb.js';
import type { Folio } from '../../mm/folio.js';
import type { HugeLevel } from '../../mm/level.js';
import { codecOf } from '../../mm/page-table-layout.js';
import { VM_HUGETLB, VM_WRITE } from '../../mm/vm-flags.js';
import type { AddressSpace, Vma } from '../../mm/vma.js';
import { type Kernel, newPte } from '../base/kernel.js';

/** is_vm_hugetlb_page() (include/linux/hugetlb_inline.h): a mapping that hugetlbfs made, and not a driver that set the flag. */
export function is_vm_hugetlb_page(vma: Vma): boolean {
  return (vma.vm_flags & VM_HUGETLB) !== 0 && vma.vm_ops?.kind === 'hugetlb';
}

/** Ours: the kernel has huge pages of the size that the file was made for. */
export function has_hstate(k: Kernel, file: AddressSpace): boolean {
  return k.hugetlb.state.hstates.some(({ level }) => level === file.hstate);
}

/** hstate_inode() (include/linux/hugetlb.h). */
export function hstate_inode(k: Kernel, file: AddressSpace): Hstate {
  return k.hugetlb.hstate(file.hstate as HugeLevel)!;
}

/** hstate_vma() (include/linux/hugetlb.h). */
export function hstate_vma(k: Kernel, vma: Vma): Hstate {
  return hstate_inode(k, vma.vm_file!);
}

/** hstate_is_gigantic() (include/linux/hugetlb.h), of which no surplus is made: more than MAX_PAGE_ORDER. */
export function hstate_is_gigantic({ order }: Hstate): boolean {
  return order > MAX_PAGE_ORDER;
}
/** MAX_PAGE_ORDER (include/linux/mmzone.h) of most architectures. */
const MAX_PAGE_ORDER = 10;

/** pages_per_huge_page() (include/linux/hugetlb.h). */
export function pages_per_huge_page({ order }: Hstate): number {
  return 2 ** order;
}

/** vma_hugecache_offset(): which huge page of its file a page of the mapping is. */
export function vma_hugecache_offset(h: Hstate, vma: Vma, vpn: number): number {
  return Math.floor((vpn - vma.vm_start + vma.vm_pgoff) / pages_per_huge_page(h));
}

/** huge_page_mask() (include/linux/hugetlb.h): is the number of pages no multiple of a huge page? */
export function is_unaligned(h: Hstate, pages: number): boolean {
  return pages % pages_per_huge_page(h) !== 0;
}

/** Ours: the codec of the entries of a mapping. */
export function huge_codec(k: Kernel, h: Hstate): HugeCodec {
  return codecOf(k.arch, h.level) as HugeCodec;
}

/**
 * huge_pte_modify() (include/asm-generic/hugetlb.h): as pte_modify(), which on x86 inverts more bits of an entry without rights than
 * pmd_modify() does.
 */
export function huge_pte_modify(k: Kernel, codec: HugeCodec, entry: Pte, prot: Readonly<Pte>): void {
  if (codec.ownFormat) codec.modify(entry, prot as Pte);
  else k.pte.modify(entry, prot as Pte);
  codec.mkhuge(entry);
}

/** make_huge_pte(): an entry for a page, which may be written where that is tried. */
export function make_huge_pte(k: Kernel, vma: Vma, h: Hstate, folio: Folio, try_mkwrite: boolean): Pte {
  const codec = huge_codec(k, h);
  const entry = newPte();
  if (codec.ownFormat) codec.pfn_pxd(entry, folio.id, vma.vm_page_prot as Pte);
  else k.pte.pfn_pte(entry, folio.id, vma.vm_page_prot as Pte);
  if (try_mkwrite && may_write(k, vma)) {
    codec.mkdirty(entry);
    codec.mkwrite_novma(entry);
  } else {
    codec.wrprotect(entry);
  }
  codec.mkyoung(entry);
  codec.mkhuge(entry);
  return entry;
}

/** make_huge_pte(): since FOLL_FORCE may write to read-only mappings, the entry is writable only where the mapping is. */
function may_write(k: Kernel, vma: Vma): boolean {
  return !k.feature.hugetlb_force_write || (vma.vm_flags & VM_WRITE) !== 0;
}

/** set_huge_ptep_writable(), set_huge_ptep_maybe_writable(): the entry of a page that this mapping may write to. */
export function set_huge_ptep_writable(k: Kernel, vma: Vma, h: Hstate, first: number): void {
  const codec = huge_codec(k, h);
  const entry = newPte();
  vma.mm.pt.getHuge(h.level, first, entry);
  codec.mkdirty(entry);
  if (may_write(k, vma)) codec.mkwrite_novma(entry);
  vma.mm.pt.setHuge(h.level, first, entry);
}

/** align_hugetlb() (mm/mremap.c of 6.17): lengths in whole huge pages; undefined where mremap() does not move it so. */
export function align_hugetlb(
  k: Kernel,
  vma: Vma,
  addr: number,
  new_addr: number,
  old_len: number,
  new_len: number,
): { readonly old_len: number; readonly new_len: number } | undefined {
  const h = hstate_vma(k, vma);
  const size = pages_per_huge_page(h);
  const whole = { old_len: Math.ceil(old_len / size) * size, new_len: Math.ceil(new_len / size) * size };
  if (is_unaligned(h, addr) || is_unaligned(h, new_addr) || whole.new_len > whole.old_len) return undefined;
  return whole;
}
