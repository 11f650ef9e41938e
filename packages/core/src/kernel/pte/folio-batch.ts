// SPDX-License-Identifier: GPL-2.0-or-later
/** folio_pte_batch() (mm/internal.h): neighbouring PTEs that map neighbouring pages of one large folio alike. */
import type { Pte } from '../../arch/contract.js';
import { PfnSteps } from '../../arch/ptep.js';
import type { Folio } from '../../mm/folio.js';
import type { PageTable } from '../../mm/page-table.js';
import { copyPte, type Kernel, newPte, pte_same } from '../base/kernel.js';

/** FPB_IGNORE_DIRTY: PTEs may differ in whether they are dirty; they always may in whether they are young or writable. */
export const FPB_IGNORE_DIRTY = 1;
/** FPB_RESPECT_WRITE (mm/internal.h of 6.17): all of them are writable, or none. */
export const FPB_RESPECT_WRITE = 2;

/**
 * A batch that a walk collects PTE by PTE. The kernel looks ahead from the first one; who walks upwards finds the
 * same, and acts when a PTE comes that is not of it.
 */
export class FolioBatch {
  /** How many there are; 0: none has begun. */
  nr = 0;
  /** Of the first: its page and its place. */
  page = 0;
  vpn = 0;
  /** The first PTE as it was. */
  readonly first = newPte();
  /** Of any of them. */
  dirty = false;
  young = false;
  writable = false;
  private limit = 0;
  private readonly expected = newPte();
  private readonly next = newPte();
  private readonly steps: PfnSteps;

  constructor(
    private readonly k: Kernel,
    private readonly flags: number,
  ) {
    this.steps = new PfnSteps(k.pte);
  }

  begin(folio: Folio, page: number, vpn: number, p: Readonly<Pte>): void {
    const { k } = this;
    this.nr = 1;
    this.page = page;
    this.vpn = vpn;
    copyPte(this.first, p);
    const tableEnd = vpn - (vpn % k.ptrs_per_pte) + k.ptrs_per_pte;
    this.limit = Math.min(folio.id + folio.pages - page, tableEnd - vpn);
    this.dirty = k.pte.dirty(p as Pte);
    this.young = k.pte.young(p as Pte);
    this.writable = k.pte.write(p as Pte);
    copyPte(this.expected, p);
    this.clear_ignored(this.expected);
  }

  /** The next PTE of the walk continues the batch, and belongs to it now. */
  takes(vpn: number, p: Readonly<Pte>): boolean {
    const { k, nr, next, expected } = this;
    if (vpn !== this.vpn + nr || nr >= this.limit || !k.pte.present(p as Pte)) return false;
    if (k.pte.pfn(p as Pte) !== this.page + nr) return false;
    copyPte(next, p);
    this.clear_ignored(next);
    this.steps.advance(next, this.page, nr);
    if (!pte_same(next, expected)) return false;
    this.dirty ||= k.pte.dirty(p as Pte);
    this.young ||= k.pte.young(p as Pte);
    this.writable ||= k.pte.write(p as Pte);
    this.nr++;
    return true;
  }

  end(): void {
    this.nr = 0;
  }

  /** __pte_batch_clear_ignored() (mm/internal.h). */
  private clear_ignored(p: Pte): void {
    const { pte } = this.k;
    if ((this.flags & FPB_IGNORE_DIRTY) !== 0) pte.mkclean(p);
    pte.mkold(p);
    if ((this.flags & FPB_RESPECT_WRITE) === 0) pte.wrprotect(p);
    // pte_same() of an architecture that leaves bits out (__HAVE_ARCH_PTE_SAME)
    pte.ops.same?.(p);
  }
}

/** folio_pte_batch() of what begins at page `vpn`, before `end`: PTEs may differ in whether they are dirty. */
export function folio_pte_batch(
  k: Kernel,
  pt: PageTable,
  folio: Folio,
  page: number,
  vpn: number,
  p: Readonly<Pte>,
  end: number,
  flags = FPB_IGNORE_DIRTY,
): FolioBatch {
  const batch = new FolioBatch(k, flags);
  const next = newPte();
  batch.begin(folio, page, vpn, p);
  for (let at = vpn + 1; at < end; at++) {
    pt.get(at, next);
    if (!batch.takes(at, next)) break;
  }
  return batch;
}
