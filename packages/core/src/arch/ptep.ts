// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The ptep API of an architecture that keeps several PTEs together (include/linux/pgtable.h: ptep_get, set_ptes,
 * clear_full_ptes ...). Others read and write entries one by one, and have nothing to say here.
 */
import type { CompiledCodec } from './codec.js';
import type { Pte } from './contract.js';

/** What such an architecture sees of a page table: entries as they are, and what they map. */
export interface RawPtes {
  /** __ptep_get(): loads the entry of page `vpn` into `p`. */
  load(vpn: number, p: Pte): void;
  /** __set_pte(). */
  store(vpn: number, p: Readonly<Pte>): void;
  /** page_folio(): the folio of more than one page that a pfn belongs to; `id` is its first pfn. */
  folioOf(pfn: number): { readonly id: number; readonly pages: number } | undefined;
}

/** Entries by the page number of their address, in the kernel's names. An entry that is given keeps no group's mark. */
export interface PtepApi {
  /** Is the raw entry one of a group? */
  grouped(p: Pte): boolean;
  /** ptep_get() of an entry of a group, which is in `p` as it is. */
  ptep_get(vpn: number, p: Pte): void;
  /** set_ptes(): `p`, and entries of the pages behind it. Of more than one, none was present. */
  set_ptes(vpn: number, p: Pte, nr: number): void;
  /** clear_full_ptes(), and pte_clear() of one. */
  clear_full_ptes(vpn: number, nr: number): void;
  /** wrprotect_ptes(). */
  wrprotect_ptes(vpn: number, nr: number): void;
  /** clear_young_dirty_ptes(): young always, dirty where `clean`. */
  clear_young_dirty_ptes(vpn: number, nr: number, clean: boolean): void;
  /** ptep_set_access_flags() of an entry that differs from `p`. */
  ptep_set_access_flags(vpn: number, p: Pte): void;
}

/** Makes the API for one page table. */
export interface PtepSpec {
  /** The Kconfig condition; transparent huge pages are one of it. */
  readonly kconfig: string;
  readonly of: (table: RawPtes, pte: CompiledCodec) => PtepApi;
}

/** pte_advance_pfn() (include/linux/pgtable.h): turns an entry into that of a page further on. Has its own registers. */
export class PfnSteps {
  private readonly from: Pte = { lo: 0, hi: 0 };
  private readonly to: Pte = { lo: 0, hi: 0 };
  private readonly none: Pte = { lo: 0, hi: 0 };

  constructor(private readonly pte: CompiledCodec) {}

  /** `p`, an entry of page `pfn`, for the page `by` behind it. */
  advance(p: Pte, pfn: number, by: number): void {
    if (by === 0) return;
    const { pte, from, to, none } = this;
    pte.pfn_pte(from, pfn, none);
    pte.pfn_pte(to, pfn + by, none);
    p.lo ^= from.lo ^ to.lo;
    p.hi ^= from.hi ^ to.hi;
  }
}
