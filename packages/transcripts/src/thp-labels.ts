// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Labels of the laboratory for huge pages: A and F for folios of one page (anonymous, of a page cache), T and S for
 * larger ones, in order of first appearance. A label is a folio's, by its first page, order and kind.
 */
import { F, type Kernel } from '@specialbit/core/kernel';
import type { LabelTable, NextLabels } from './labels.js';

type Kind = 'A' | 'F' | 'T' | 'S';

interface Slot {
  readonly kind: Kind;
  readonly index: number;
  readonly order: number;
  readonly mapping: number;
  pfn: number;
  used: boolean;
  seen: boolean;
}

export class ThpLabels implements LabelTable {
  private slots: Slot[] = [];
  private readonly byPfn = new Map<number, Slot>();
  private readonly numbers: Record<Kind, number> = { A: 0, F: 0, T: 0, S: 0 };

  constructor(private readonly k: Kernel) {}

  /** label_of(). */
  of(pfn: number, create: boolean): string {
    const { k } = this;
    const fixed = k.machine.labelOf(pfn);
    if (fixed !== undefined) return fixed;
    if (!k.machine.pfn_valid(pfn)) return '?';
    const zero = k.huge_zero_pfn;
    if (zero >= 0 && k.page_folio(pfn) === zero) return `Y${sub(pfn - zero)}`;
    const slot = this.entry(pfn, create);
    return slot === undefined ? '?' : `${slot.kind}${slot.index}${sub(pfn - slot.pfn)}`;
  }

  /** label_entry(). */
  private entry(page: number, create: boolean): Slot | undefined {
    const { k } = this;
    const folio = k.large_folio(page);
    const pfn = folio?.id ?? page;
    const order = folio?.order ?? 0;
    const anon = k.test_anon(pfn);
    const known = this.byPfn.get(pfn);
    if (known?.used === true) {
      if (known.order === order && (known.kind === 'A' || known.kind === 'T') === anon) {
        known.seen = true;
        return known;
      }
      if (!create) return undefined;
      known.used = false;
    }
    if (!create) return undefined;
    const kind = order > 0 ? (anon ? 'T' : 'S') : anon ? 'A' : 'F';
    const slot: Slot = {
      kind,
      index: this.numbers[kind]++,
      order,
      mapping: k.frames.get(pfn, F.mapping),
      pfn,
      used: true,
      seen: true,
    };
    this.slots.push(slot);
    this.byPfn.set(pfn, slot);
    return slot;
  }

  get next(): NextLabels {
    return this.numbers;
  }

  pfnOf(label: string): number | undefined {
    return this.slots.find(({ kind, index, used }) => used && `${kind}${index}` === label)?.pfn;
  }

  clone(): ThpLabels {
    const copy = new ThpLabels(this.k);
    Object.assign(copy.numbers, this.numbers);
    for (const slot of this.slots) {
      const twin = { ...slot };
      copy.slots.push(twin);
      if (this.byPfn.get(slot.pfn) === slot) copy.byPfn.set(slot.pfn, twin);
    }
    return copy;
  }

  moved(moves: ReadonlyMap<number, number>): void {
    const current = this.slots.filter((slot) => this.byPfn.get(slot.pfn) === slot);
    this.byPfn.clear();
    for (const slot of current) {
      slot.pfn = moves.get(slot.pfn) ?? slot.pfn;
      this.byPfn.set(slot.pfn, slot);
    }
  }

  beginDump(): void {
    for (const slot of this.slots) slot.seen = false;
  }

  /** labels_retire(). */
  retire(pinned: readonly number[]): void {
    const { k } = this;
    const held = new Set(pinned.map((pfn) => k.page_folio(pfn)));
    for (const slot of this.slots) {
      const { kind, pfn } = slot;
      if (!slot.used) continue;
      if (kind === 'A' || kind === 'T') {
        if (!slot.seen && !held.has(pfn)) slot.used = false;
        continue;
      }
      const folio = k.large_folio(pfn);
      const tail = folio !== undefined && folio.id !== pfn;
      if (tail || k.frames.get(pfn, F.mapping) !== slot.mapping || (folio?.order ?? 0) !== slot.order)
        slot.used = false;
    }
    this.slots = this.slots.filter((slot) => {
      if (!slot.used && this.byPfn.get(slot.pfn) === slot) this.byPfn.delete(slot.pfn);
      return slot.used;
    });
  }

  forEach(visit: (label: string, pfn: number) => void): void {
    for (const { kind, index, pfn, used } of this.slots) if (used) visit(`${kind}${index}`, pfn);
  }
}

function sub(page: number): string {
  return page === 0 ? '' : `+${page}`;
}
