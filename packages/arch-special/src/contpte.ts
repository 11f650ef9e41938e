// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The contiguous bit of user mappings (arch/arm64/mm/contpte.c, arch/arm64/include/asm/pgtable.h): aligned PTEs that
 * map as many aligned pages of one folio alike are folded into a block, whose entries have PTE_CONT and one access
 * flag and dirty state in common. mm does not know of it: who changes a part of a block unfolds it first.
 */
import {
  type CompiledCodec,
  PfnSteps,
  type Pte,
  type PtepApi,
  type PtepSpec,
  type RawPtes,
} from '@specialbit/core/arch';

/** CONFIG_ARM64_CONTPTE with `CONT_PTES` entries a block. */
export const contpte = (CONT_PTES: number): PtepSpec => ({
  kconfig: 'ARM64_CONTPTE && TRANSPARENT_HUGEPAGE',
  of: (table, pte) => new Contpte(CONT_PTES, table, pte),
});

const register = (): Pte => ({ lo: 0, hi: 0 });
const same = (a: Pte, b: Pte): boolean => a.lo === b.lo && a.hi === b.hi;

class Contpte implements PtepApi {
  private readonly steps: PfnSteps;
  private readonly old = register();
  private readonly sub = register();
  private readonly block = register();
  private readonly expected = register();

  constructor(
    private readonly CONT_PTES: number,
    private readonly table: RawPtes,
    private readonly pte: CompiledCodec,
  ) {
    this.steps = new PfnSteps(pte);
  }

  /** pte_valid_cont(). */
  grouped(p: Pte): boolean {
    const { tests } = this.pte;
    return tests.cont!(p) && tests.valid!(p);
  }

  /** contpte_ptep_get(): any entry of the block may be young or dirty for all of them. */
  ptep_get(vpn: number, p: Pte): void {
    const { pte, sub, CONT_PTES } = this;
    const start = this.align(vpn);
    for (let i = 0; i < CONT_PTES; i++) {
      this.table.load(start + i, sub);
      if (pte.dirty(sub)) pte.mkdirty(p);
      if (pte.young(sub)) pte.mkyoung(p);
    }
  }

  set_ptes(vpn: number, p: Pte, nr: number): void {
    this.mknoncont(p);
    if (nr > 1) {
      this.contpte_set_ptes(vpn, p, nr);
      return;
    }
    this.try_unfold(vpn);
    this.table.store(vpn, p);
    this.try_fold(vpn, p);
  }

  clear_full_ptes(vpn: number, nr: number): void {
    this.try_unfold_partial(vpn, nr);
    for (let i = 0; i < nr; i++) this.table.store(vpn + i, this.pte.empty);
  }

  wrprotect_ptes(vpn: number, nr: number): void {
    const { table, pte, sub } = this;
    this.try_unfold_partial(vpn, nr);
    for (let i = 0; i < nr; i++) {
      table.load(vpn + i, sub);
      pte.wrprotect(sub);
      table.store(vpn + i, sub);
    }
  }

  /** contpte_clear_young_dirty_ptes(): of all of a block, since mm asks that of folios. */
  clear_young_dirty_ptes(vpn: number, nr: number, clean: boolean): void {
    const { table, pte, sub, CONT_PTES } = this;
    let start = vpn;
    let end = vpn + nr;
    table.load(end - 1, sub);
    if (pte.tests.cont!(sub)) end = this.align(end + CONT_PTES - 1);
    table.load(start, sub);
    if (pte.tests.cont!(sub)) start = this.align(start);
    for (let at = start; at < end; at++) {
      table.load(at, sub);
      pte.mkold(sub);
      if (clean) pte.mkclean(sub);
      table.store(at, sub);
    }
  }

  /** contpte_ptep_set_access_flags(): the block stays together unless its write permission changes. */
  ptep_set_access_flags(vpn: number, p: Pte): void {
    const { table, pte, old, CONT_PTES } = this;
    this.mknoncont(p);
    table.load(vpn, old);
    if (!this.grouped(old)) {
      this.set_access_flags(vpn, p);
      return;
    }
    if (pte.write(old) === pte.write(p)) {
      const start = this.align(vpn);
      for (let i = 0; i < CONT_PTES; i++) this.set_access_flags(start + i, p);
      return;
    }
    this.unfold(vpn, old);
    this.set_access_flags(vpn, p);
  }

  /** __ptep_set_access_flags() (arch/arm64/mm/fault.c): of the given entry only what permits more. */
  private set_access_flags(vpn: number, p: Pte): void {
    const { table, pte, sub } = this;
    table.load(vpn, sub);
    if (same(sub, p)) return;
    const { lo, hi } = sub;
    if (pte.young(p)) pte.mkyoung(sub);
    if (pte.write(p)) pte.mkwrite(sub);
    if (pte.dirty(p)) pte.mkdirty(sub);
    if (sub.lo !== lo || sub.hi !== hi) table.store(vpn, sub);
  }

  /** contpte_set_ptes(): whole blocks are contiguous from the start. The caller vouches for the folio. */
  private contpte_set_ptes(vpn: number, p: Pte, nr: number): void {
    const { table, pte, sub, steps, CONT_PTES } = this;
    const pfn = pte.pfn(p);
    const valid = pte.tests.valid!(p);
    for (let at = vpn; at < vpn + nr; ) {
      const next = Math.min(this.align(at) + CONT_PTES, vpn + nr);
      const whole = valid && next - at === CONT_PTES && (pfn + (at - vpn)) % CONT_PTES === 0;
      for (; at < next; at++) {
        sub.lo = p.lo;
        sub.hi = p.hi;
        steps.advance(sub, pfn, at - vpn);
        if (whole) pte.ops.mkcont!(sub);
        table.store(at, sub);
      }
    }
  }

  /** contpte_try_fold(): when the last entry of a block is set, with a page that is the last of such a block. */
  private try_fold(vpn: number, p: Pte): void {
    const { pte, CONT_PTES } = this;
    const last = CONT_PTES - 1;
    if (vpn % CONT_PTES !== last || !pte.tests.valid!(p) || pte.special(p)) return;
    if (pte.pfn(p) % CONT_PTES === last) this.__contpte_try_fold(vpn, p);
  }

  /** __contpte_try_fold(): one folio covers the block, and the entries differ in access and dirty state only. */
  private __contpte_try_fold(vpn: number, p: Pte): void {
    const { table, pte, expected, sub, steps, CONT_PTES } = this;
    const pfn = pte.pfn(p);
    const folio = table.folioOf(pfn);
    if (folio === undefined) return;
    const start = this.align(vpn);
    const folio_start = vpn - (pfn - folio.id);
    if (folio_start > start || folio_start + folio.pages < start + CONT_PTES) return;
    const first = pfn - (CONT_PTES - 1);
    for (let i = 0; i < CONT_PTES; i++) {
      expected.lo = p.lo;
      expected.hi = p.hi;
      pte.mkclean(expected);
      pte.mkold(expected);
      steps.advance(expected, pfn, first + i - pfn);
      table.load(start + i, sub);
      pte.mkclean(sub);
      pte.mkold(sub);
      if (!same(sub, expected)) return;
    }
    expected.lo = p.lo;
    expected.hi = p.hi;
    pte.ops.mkcont!(expected);
    this.contpte_convert(vpn, expected);
  }

  /** contpte_try_unfold_partial(): blocks that the range cuts, at its start and its end. */
  private try_unfold_partial(vpn: number, nr: number): void {
    const { CONT_PTES } = this;
    if (vpn % CONT_PTES !== 0 || nr < CONT_PTES) this.try_unfold(vpn);
    if ((vpn + nr) % CONT_PTES !== 0) this.try_unfold(vpn + nr - 1);
  }

  /** contpte_try_unfold(). */
  private try_unfold(vpn: number): void {
    this.table.load(vpn, this.old);
    if (this.grouped(this.old)) this.unfold(vpn, this.old);
  }

  /** __contpte_try_unfold() of the block of `vpn`, whose entry is `old`. */
  private unfold(vpn: number, old: Readonly<Pte>): void {
    const { expected } = this;
    expected.lo = old.lo;
    expected.hi = old.hi;
    this.mknoncont(expected);
    this.contpte_convert(vpn, expected);
  }

  /** contpte_convert(): the entries of a block become like that of `vpn`, young and dirty if any of them was. */
  private contpte_convert(vpn: number, p: Pte): void {
    const { table, pte, sub, block, steps, CONT_PTES } = this;
    const start = this.align(vpn);
    const pfn = pte.pfn(p);
    block.lo = p.lo;
    block.hi = p.hi;
    for (let i = 0; i < CONT_PTES; i++) {
      table.load(start + i, sub);
      if (pte.dirty(sub)) pte.mkdirty(block);
      if (pte.young(sub)) pte.mkyoung(block);
    }
    for (let i = 0; i < CONT_PTES; i++) {
      sub.lo = block.lo;
      sub.hi = block.hi;
      steps.advance(sub, pfn, start + i - vpn);
      table.store(start + i, sub);
    }
  }

  /** contpte_align_down(). */
  private align(vpn: number): number {
    return vpn - (vpn % this.CONT_PTES);
  }

  private mknoncont(p: Pte): void {
    this.pte.ops.mknoncont!(p);
  }
}
