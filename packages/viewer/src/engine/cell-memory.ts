// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The entries of a lane as they were at the moment looked at last: at the one next to it only what the event between them
 * wrote is read anew. Reading all of them takes nearly all the time that a step takes.
 */
import type { WorldDiff } from '@specialbit/core';
import { type Kernel, type Mm, PTE, type Vma } from '@specialbit/core/kernel';
import type { Moment } from '@specialbit/view';
import type { Cells } from '../protocol.js';
import { CellRow, CODE, cellsOf, type Entry, type Mapped, MOST, noEntry, readEntry } from './cells.js';

/** A VMA of fewer pages is read as quickly. */
const FEW = 64;

/** Page by page. */
interface Known {
  readonly end: number;
  readonly kind: Uint8Array;
  readonly count: Int32Array;
  readonly bits: Uint8Array;
  readonly pfn: Float64Array;
}

export class CellMemory {
  /** `least`: pages of a VMA that is remembered. */
  constructor(private readonly least: number = FEW) {}

  private at = -1;
  private diff: WorldDiff | null = null;
  private before = new Map<string, Known>();
  private now = new Map<string, Known>();
  /** What parts the moment that is asked for from that of `before`; null: nothing. */
  private step: WorldDiff | null = null;

  /** From now on cells of this moment are asked for. What was not asked for at the last one is forgotten. */
  turn({ n, diff }: Moment): void {
    const between = n === this.at + 1 ? diff : n === this.at - 1 ? this.diff : null;
    this.before = n === this.at || between !== null ? this.now : new Map();
    this.now = new Map();
    if (between !== null) this.forget(between);
    this.step = n === this.at ? null : between;
    this.at = n;
    this.diff = diff;
  }

  /** Address spaces of which more than entries have changed. */
  private forget({ born, gone, vmas, ptes }: WorldDiff): void {
    const others = new Set([...born, ...gone, ...vmas.map(({ mm }) => mm)]);
    for (const { mm, level } of ptes) if (level !== 'pte') others.add(mm);
    if (others.size === 0) return;
    for (const key of this.before.keys()) if (others.has(Number.parseInt(key, 10))) this.before.delete(key);
  }

  cells(k: Kernel, mm: Mm, vma: Vma, changed: ReadonlySet<number>, mapped: Mapped): Cells {
    const pages = vma.vm_end - vma.vm_start;
    // one that ->mmap still works at is in no list of changes
    const open = k.opened.get(mm.id)?.vma === vma;
    if (open || pages < this.least || pages > MOST) return cellsOf(k, mm, vma, changed, mapped);
    const key = `${mm.id} ${vma.vm_start}`;
    let known = this.before.get(key);
    if (known?.end === vma.vm_end) this.patch(k, mm, vma, known);
    else known = readAll(k, mm, vma);
    if (known === undefined) return cellsOf(k, mm, vma, changed, mapped);
    this.now.set(key, known);
    const { kind, count, bits, pfn } = known;
    const row = new CellRow(vma, changed, mapped);
    for (let i = 0; i < pages; i++) {
      const vpn = vma.vm_start + i;
      if (kind[i] !== CODE.none) row.add(vpn, vpn + 1, kind[i]!, count[i]!, bits[i]!, pfn[i]!);
    }
    return row.cells(k);
  }

  private patch(k: Kernel, mm: Mm, vma: Vma, known: Known): void {
    if (this.step === null) return;
    const entry = noEntry();
    const again = (vpn: number): void => {
      const p = { lo: 0, hi: 0 };
      entry.kind = CODE.none;
      entry.count = -1;
      entry.bits = 0;
      entry.pfn = -1;
      mm.pt.forEachEntry(vpn, vpn + 1, p, (_, level) => readEntry(k, vma, vpn, level, p, entry));
      put(known, vpn - vma.vm_start, entry);
    };
    const frames = new Set(this.step.frames.map(({ pfn }) => pfn));
    for (let i = 0; frames.size > 0 && i < known.pfn.length; i++)
      if (known.pfn[i]! >= 0 && frames.has(known.pfn[i]!)) again(vma.vm_start + i);
    for (const { mm: id, vpn } of this.step.ptes)
      if (id === mm.id && vpn >= vma.vm_start && vpn < vma.vm_end) again(vpn);
  }
}

function put(known: Known, i: number, { kind, count, bits, pfn }: Entry): void {
  known.kind[i] = kind;
  known.count[i] = count;
  known.bits[i] = bits;
  known.pfn[i] = pfn;
}

/** Undefined where there are huge entries. */
function readAll(k: Kernel, mm: Mm, vma: Vma): Known | undefined {
  const pages = vma.vm_end - vma.vm_start;
  const known: Known = {
    end: vma.vm_end,
    kind: new Uint8Array(pages).fill(CODE.none),
    count: new Int32Array(pages).fill(-1),
    bits: new Uint8Array(pages),
    pfn: new Float64Array(pages).fill(-1),
  };
  const entry = noEntry();
  const p = { lo: 0, hi: 0 };
  let simple = true;
  mm.pt.forEachEntry(vma.vm_start, vma.vm_end, p, (vpn, level) => {
    if (level !== PTE) simple = false;
    if (!simple) return;
    readEntry(k, vma, vpn, level, p, entry);
    put(known, vpn - vma.vm_start, entry);
  });
  return simple ? known : undefined;
}
