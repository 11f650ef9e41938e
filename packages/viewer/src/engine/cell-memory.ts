// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The entries of a lane as they were at the moment looked at last: at the one next to it only what the event between them
 * wrote is read anew. Reading all of them takes nearly all the time that a step takes.
 */
import type { WorldDiff } from '@specialbit/core';
import { type Kernel, type Mm, PTE, type Vma } from '@specialbit/core/kernel';
import type { Moment } from '@specialbit/view';
import { CELL, type Cells } from '../protocol.js';
import { CellRow, CODE, cellsOf, type Entry, type Mapped, MOST, noEntry, readEntry } from './cells.js';

/** A VMA of fewer pages is read as quickly. */
const FEW = 64;

/** What is seen of a VMA: made out to the cells that are drawn only of those lanes that are. */
export interface SeenVma {
  /** The same where the cells are: kinds, write permission, counts, and entries that have just gone. */
  readonly hash: string;
  cells(): Cells;
}

/** Page by page. */
interface Known {
  /** Of all entries, whatever their order. */
  readonly sum: Sum;
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

  see(k: Kernel, mm: Mm, vma: Vma, changed: ReadonlySet<number>, mapped: Mapped): SeenVma {
    const pages = vma.vm_end - vma.vm_start;
    // one that ->mmap still works at is in no list of changes
    const open = k.opened.get(mm.id)?.vma === vma;
    if (open || pages < this.least || pages > MOST) return seenOf(cellsOf(k, mm, vma, changed, mapped));
    const key = `${mm.id} ${vma.vm_start}`;
    let known = this.before.get(key);
    if (known?.end === vma.vm_end) this.patch(k, mm, vma, known);
    else known = readAll(k, mm, vma);
    if (known === undefined) return seenOf(cellsOf(k, mm, vma, changed, mapped));
    this.now.set(key, known);
    for (const pfn of known.pfn) if (pfn >= 0 && mapped.add(pfn) === false) break;
    const hash = { ...known.sum };
    for (const vpn of changed) {
      const i = vpn - vma.vm_start;
      if (known.kind[i] === CODE.none) addTo(hash, 1, i, 1, GONE, 0, -1);
    }
    return { hash: textOf(hash), cells: () => cellsIn(known, k, vma, changed) };
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

/** Takes no more. */
const NONE: Mapped = { add: () => false };

function cellsIn({ kind, count, bits, pfn }: Known, k: Kernel, vma: Vma, changed: ReadonlySet<number>): Cells {
  const row = new CellRow(vma, changed, NONE);
  for (let i = 0; i < kind.length; i++) {
    const vpn = vma.vm_start + i;
    if (kind[i] !== CODE.none) row.add(vpn, vpn + 1, kind[i]!, count[i]!, bits[i]!, pfn[i]!);
  }
  return row.cells(k);
}

/** Two sums of 32 bits over entries: each is taken out and put in by itself, so that a step costs what it changes. */
interface Sum {
  a: number;
  b: number;
}

/** Instead of a kind: an entry that the event took away. */
const GONE = 15;

/** Of kinds themselves, not of answers: a group is drawn in one colour. `times`: 1 puts the entry in, -1 takes it out. */
function addTo(sum: Sum, times: 1 | -1, page: number, pages: number, kind: number, bits: number, count: number): void {
  if (kind === CODE.none) return;
  const where = Math.imul(page + 1, 0x9e3779b1) ^ Math.imul(pages, 0x85ebca6b);
  const what = (kind * 8 + (bits & CELL.write)) * 0x10001 + Math.imul(count + 2, 0xc2b2ae35);
  sum.a = (sum.a + times * mixed(where ^ what)) | 0;
  sum.b = (sum.b + times * mixed(Math.imul(where, 0x27d4eb2f) + what)) | 0;
}

/** The finalizer of MurmurHash3: every bit depends on every other. */
function mixed(value: number): number {
  let x = value ^ (value >>> 16);
  x = Math.imul(x, 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) | 0;
}

const textOf = ({ a, b }: Sum): string => `${a} ${b}`;

/** What was made out already. */
function seenOf(cells: Cells): SeenVma {
  const sum: Sum = { a: 0, b: 0 };
  for (let i = 0; i < cells.page.length; i++) {
    const kind = cells.kind[i]!;
    const gone = kind === CODE.none && (cells.bits[i]! & CELL.changed) !== 0;
    addTo(sum, 1, cells.page[i]!, cells.pages[i]!, gone ? GONE : kind, cells.bits[i]!, cells.count[i]!);
  }
  return { hash: textOf(sum), cells: () => cells };
}

function put(known: Known, i: number, { kind, count, bits, pfn }: Entry): void {
  addTo(known.sum, -1, i, 1, known.kind[i]!, known.bits[i]!, known.count[i]!);
  addTo(known.sum, 1, i, 1, kind, bits, count);
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
    sum: { a: 0, b: 0 },
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
