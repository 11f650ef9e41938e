// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What an architecture tells the model. Mechanisms ask only this, as the kernel's generic code asks
 * only asm/pgtable.h and Kconfig.
 */
import type { CacheMode } from './layout.js';

/**
 * A page-table entry in a register: the raw value as two signed 32-bit halves (`| 0`), so that no
 * operation allocates. Bits above the entry's width are 0 (on a 32-bit PTE `hi` is 0). Codec operations change it in place.
 */
export interface Pte {
  lo: number;
  hi: number;
}

export interface SwapEntry {
  type: number;
  offset: number;
}

/** PTE operations, in the kernel's names without their `pte_` prefix. */
export interface PteCodec {
  none(p: Pte): boolean;
  present(p: Pte): boolean;
  write(p: Pte): boolean;
  dirty(p: Pte): boolean;
  young(p: Pte): boolean;
  special(p: Pte): boolean;
  protnone(p: Pte): boolean;
  devmap(p: Pte): boolean;
  /** pte_pfn(): the page frame number. */
  pfn(p: Pte): number;
  /** pfn_pte(pfn, prot): into `p`. */
  pfn_pte(p: Pte, pfn: number, prot: Pte): void;
  mkwrite_novma(p: Pte): void;
  /** pte_mkwrite(pte, vma) of a VMA that is no shadow stack. */
  mkwrite(p: Pte): void;
  wrprotect(p: Pte): void;
  mkdirty(p: Pte): void;
  mkclean(p: Pte): void;
  mkyoung(p: Pte): void;
  mkold(p: Pte): void;
  mkspecial(p: Pte): void;
  mkdevmap(p: Pte): void;
  /** pte_modify(pte, prot). */
  modify(p: Pte, prot: Pte): void;
  /**
   * What set_pte_at() of a user address leaves in the table, where that is not the given value: arm
   * with LPAE adds hardware bits (cpu_v7_set_pte_ext). The identity elsewhere.
   */
  set_pte(p: Pte): void;
  /**
   * pte_pgprot(): turns an entry into its protection, by default what lies outside the pfn field.
   * Only where `facts.pte_pgprot` says that the architecture has one.
   */
  pgprot(p: Pte): void;
  /** pgprot_noncached(): the protection for memory that no cache may hold. */
  pgprot_noncached(prot: Pte): void;
  /** pgprot_writecombine(). */
  pgprot_writecombine(prot: Pte): void;
  /** pgprot_writecombine() of a kernel without PAT (x86); the same elsewhere. */
  pgprot_writecombine_nopat(prot: Pte): void;
  /** pgprot_device(). */
  pgprot_device(prot: Pte): void;
  /** pgprot_dmacoherent(): for devices that do not snoop the caches. */
  pgprot_dmacoherent(prot: Pte): void;
  /** pgprot_modify(): the protection `prot` with the memory type of `old`, into `old`. */
  pgprot_modify(old: Pte, prot: Readonly<Pte>): void;
  /** pgprot2cachemode() (x86): the memory type of a protection or an entry; write-back where none are tracked. */
  cachemode(prot: Readonly<Pte>): CacheMode;
  /** cachemode2protval() (x86) into a protection, in the place of the memory type that it has. */
  set_cachemode(prot: Pte, mode: CacheMode): void;
  /** The value of an empty entry (pte_clear): not zero on s390 and xtensa. */
  readonly empty: Readonly<Pte>;
  swp_entry_to_pte(p: Pte, type: number, offset: number): void;
  pte_to_swp_entry(p: Pte, out: SwapEntry): void;
  swp_mkexclusive(p: Pte): void;
  swp_exclusive(p: Pte): boolean;
  swp_clear_exclusive(p: Pte): void;
  /** vm_get_page_prot(vm_flags & 15): index VM_READ 1, VM_WRITE 2, VM_EXEC 4, VM_SHARED 8. */
  readonly protection_map: readonly Readonly<Pte>[];
  /** May user code access a page through this entry (a user, not kernel-only, mapping)? */
  user(p: Pte): boolean;
  /** Does the entry let user code read, as far as its bits say? True where no bit takes reading away. */
  read(p: Pte): boolean;
  /** May user code execute through this entry? */
  exec(p: Pte): boolean;
}
