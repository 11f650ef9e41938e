// SPDX-License-Identifier: GPL-2.0-or-later
/** Frames of the laboratory for huge pages that the real allocator chose, and putting the model's folios onto them. */
import type { Kernel } from '@specialbit/core/kernel';
import { assignLabels } from './dump.js';
import type { StepRecord } from './format.js';
import type { LabelTable, NextLabels } from './labels.js';
import { renameFrames } from './rename-frames.js';
import { splitLabel } from './thp-runs.js';

/** Folios of more than one page that appear in a step for the first time. */
export class SuppliedFolios {
  /** The huge zero folio's first frame. */
  zero: number | undefined;
  private readonly found = new Map<string, { readonly pfn: number; readonly order: number }>();
  /** Free pages of the pools of hugetlb, in the order in which they came there, by their order. */
  readonly pools = new Map<number, readonly number[]>();
  /** Folios of the record that had a label before. */
  readonly known = new Map<string, { readonly pfn: number; readonly order: number }>();

  constructor(readonly pmdOrder: number) {}

  set(label: string, pfn: number, order: number): void {
    if (!this.found.has(label)) this.found.set(label, { pfn, order });
  }

  get(label: string): number | undefined {
    return this.found.get(label)?.pfn;
  }

  /** For the allocator, in the order of the labels; the huge zero folio first. */
  byOrder(): Map<number, number[]> {
    const orders = new Map<number, number[]>();
    const add = (order: number, pfn: number): void => {
      orders.set(order, [...(orders.get(order) ?? []), pfn]);
    };
    if (this.zero !== undefined) add(this.pmdOrder, this.zero);
    for (const { pfn, order } of this.found.values()) add(order, pfn);
    // a label may survive its folio, where the next one got the same frames
    for (const { pfn, order } of this.known.values()) add(order, pfn);
    for (const [order, pfns] of this.pools) for (const pfn of pfns) add(order, pfn);
    return orders;
  }
}

/** All of a record that tells of new pages. */
export function newFolios(
  record: StepRecord,
  next: NextLabels,
  k: Kernel,
): { readonly pages: ReadonlyMap<string, number>; readonly folios: SuppliedFolios } {
  const pages = new Map<string, number>();
  const folios = new SuppliedFolios(Math.log2(k.arch.pmd!.pages));
  const orders = ordersOf(record);
  for (const [order, , , , , , free] of record.dump?.pools ?? [])
    folios.pools.set(order, free.map((pfn) => Number.parseInt(pfn, 16)).reverse());
  const take = (label: string, pfn: number, n: number): void => {
    const [head, number] = splitLabel(label);
    const kind = head[0]!;
    if (kind === 'A' || kind === 'F') {
      for (let i = 0; i < n; i++) if (number + i >= next[kind]) pages.set(`${kind}${number + i}`, pfn + i);
    } else if (kind === 'T' || kind === 'S') {
      if (Number(head.slice(1)) >= (next[kind] ?? 0)) folios.set(head, pfn - number, orders(head));
      else folios.known.set(head, { pfn: pfn - number, order: orders(head) });
    } else if (kind === 'Y' && k.huge_zero_pfn < 0) folios.zero = pfn - number;
  };
  for (const mm of record.dump?.mms ?? []) {
    for (const vma of mm.vmas) {
      for (const entry of vma.pt) {
        const [, , kind, pfn, label, , n] = entry as unknown as [
          number,
          string,
          string,
          string,
          string,
          unknown,
          unknown,
          unknown,
        ];
        if (kind === 'swap' || typeof label !== 'string') continue;
        const same = (entry as readonly unknown[])[7] === 0;
        take(label, Number.parseInt(pfn, 16), typeof n === 'number' && !same ? n : 1);
      }
      for (const entry of vma.pmds ?? []) {
        const [, , , pfn, label] = entry;
        if (typeof label === 'string') take(label, Number.parseInt(pfn as string, 16), 1);
      }
    }
  }
  return { pages: sorted(pages), folios };
}

function sorted(found: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const key = (label: string): number => (label[0] === 'A' ? 0 : 1e9) + Number(label.slice(1));
  return new Map([...found].sort((a, b) => key(a[0]) - key(b[0])));
}

/** The order of a folio that the record shows. */
function ordersOf(record: StepRecord): (label: string) => number {
  const known = new Map<string, number>();
  for (const [range, folio] of Object.entries(record.dump?.folios ?? {})) {
    for (const label of labelsOf(range)) known.set(label, folio.o);
  }
  return (label) => known.get(label) ?? 0;
}

/** `T1-T3` is T1, T2 and T3. */
export function labelsOf(range: string): string[] {
  const match = /^([A-Z])(\d+)-[A-Z](\d+)$/.exec(range);
  if (match === null) return [range];
  const first = Number(match[2]);
  return Array.from({ length: Number(match[3]) - first + 1 }, (_, i) => `${match[1]}${first + i}`);
}

/** Puts folios that appeared onto the frames that the real allocator had chosen for them. */
export function placeFolios(
  k: Kernel,
  labels: LabelTable,
  pages: ReadonlyMap<string, number>,
  folios: SuppliedFolios | undefined,
): void {
  const moves = new Map<number, number>();
  const move = (from: number, to: number): void => {
    const size = k.large_folio(from)?.pages ?? 1;
    for (let i = 0; from !== to && i < size; i++) moves.set(from + i, to + i);
  };
  const zero = folios?.zero;
  if (zero !== undefined && k.huge_zero_pfn >= 0) move(k.huge_zero_pfn, zero);
  if (pages.size > 0 || folios !== undefined) {
    const trial = labels.clone();
    assignLabels(k, trial);
    trial.forEach((label, pfn) => {
      const real = pages.get(label) ?? folios?.get(label);
      if (real !== undefined) move(pfn, real);
    });
  }
  if (moves.size > 0) labels.moved(renameFrames(k, moves));
}
