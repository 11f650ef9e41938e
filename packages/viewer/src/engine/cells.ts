// SPDX-License-Identifier: GPL-2.0-or-later
/** The entries of a VMA as columns of numbers: a page of a screen has tens of thousands of them. */
import { codecOf, decideEntry, F, frameLabel, type Kernel, type Mm, PTE, type Vma } from '@specialbit/core/kernel';
import { type CellKind, cellKind } from '@specialbit/view';
import { CELL, type Cells, KINDS } from '../protocol.js';

/** Cells of a VMA that are told of, and of those with names of frames in them. */
export const MOST = 16_384;
const NAMED = 256;

export const CODE = Object.fromEntries(KINDS.map((kind, i) => [kind, i])) as Readonly<Record<CellKind, number>>;

type Level = Parameters<typeof decideEntry>[3];

/** Takes frames, as many as it has room for: false when it takes no more. */
export interface Mapped {
  readonly add: (pfn: number) => boolean;
}

/** An entry as a cell, to be read at once: the next one is written over it. */
export interface Entry {
  kind: number;
  /** page_count(); -1 where there is no struct page, and no frame. */
  count: number;
  /** `CELL`s that the entry itself says. */
  bits: number;
  /** -1 where there is none. */
  pfn: number;
}

export const noEntry = (): Entry => ({ kind: CODE.none, count: -1, bits: 0, pfn: -1 });

/** Reads the entry `p` of page `vpn` into `entry`. */
export function readEntry(
  k: Kernel,
  vma: Vma,
  vpn: number,
  level: Level,
  p: { lo: number; hi: number },
  entry: Entry,
): void {
  if (level === PTE && !k.pte.present(p)) {
    entry.kind = CODE.swap;
    entry.count = -1;
    entry.bits = 0;
    entry.pfn = -1;
    return;
  }
  const codec = codecOf(k.arch, level)!;
  entry.pfn = codec.pfn(p);
  entry.bits =
    (codec.write(p) ? CELL.write : 0) |
    (codec.dirty(p) ? CELL.dirty : 0) |
    (codec.young(p) ? CELL.young : 0) |
    (codec.special(p) ? CELL.special : 0) |
    (level === PTE ? 0 : CELL.huge);
  entry.kind = CODE[cellKind(decideEntry(k, vma, vpn, level, p))];
  entry.count = k.machine.pfn_valid(entry.pfn) ? k.frames.get(entry.pfn, F.count) : -1;
}

/** Puts the cells of a VMA one after the other. */
export class CellRow {
  private readonly page: Uint32Array;
  private readonly pages: Uint32Array;
  private readonly kind: Uint8Array;
  private readonly count: Int32Array;
  private readonly bits: Uint8Array;
  private readonly pfns: Float64Array;
  private length = 0;
  private more = 0;
  private next: number;

  /** `changed`: pages whose entry the last event wrote. */
  constructor(
    private readonly vma: Vma,
    private readonly changed: ReadonlySet<number>,
    private readonly mapped: Mapped,
  ) {
    this.next = vma.vm_start;
    const most = Math.min(MOST, vma.vm_end - vma.vm_start);
    this.page = new Uint32Array(most);
    this.pages = new Uint32Array(most);
    this.kind = new Uint8Array(most);
    this.count = new Int32Array(most);
    this.bits = new Uint8Array(most);
    this.pfns = new Float64Array(most);
  }

  /** An entry of the pages from `vpn` to `end`; whatever lies between it and the one before is empty. */
  add(vpn: number, end: number, kind: number, count: number, bits: number, pfn: number): void {
    if (vpn > this.next) this.empty(vpn);
    this.next = end;
    if (pfn >= 0) this.mapped.add(pfn);
    this.put(vpn, end - vpn, kind, count, bits, pfn);
  }

  private empty(to: number): void {
    const { changed } = this;
    // an entry that went away is seen to have gone: it has a cell of its own
    for (let vpn = this.next; vpn < to; ) {
      let end = vpn + 1;
      if (!changed.has(vpn)) while (end < to && !changed.has(end)) end++;
      this.put(vpn, end - vpn, CODE.none, -1, 0, -1);
      vpn = end;
    }
  }

  private put(vpn: number, span: number, kind: number, count: number, bits: number, pfn: number): void {
    if (this.length >= MOST) {
      this.more++;
      return;
    }
    const i = this.length++;
    this.page[i] = vpn - this.vma.vm_start;
    this.pages[i] = span;
    this.kind[i] = kind;
    this.count[i] = count;
    this.bits[i] = bits | (this.changed.has(vpn) ? CELL.changed : 0);
    this.pfns[i] = pfn;
  }

  cells(k: Kernel): Cells {
    if (this.next < this.vma.vm_end) this.empty(this.vma.vm_end);
    const { length } = this;
    const cells = {
      page: this.page.slice(0, length),
      pages: this.pages.slice(0, length),
      kind: this.kind.slice(0, length),
      count: this.count.slice(0, length),
      bits: this.bits.slice(0, length),
      more: this.more,
    };
    if (length > NAMED) return cells;
    const named = Array.from(this.pfns.subarray(0, length), (pfn) => (pfn < 0 ? '' : frameLabel(k, pfn)));
    return { ...cells, frames: named };
  }
}

/** All of a VMA, read anew. */
export function cellsOf(k: Kernel, mm: Mm, vma: Vma, changed: ReadonlySet<number>, mapped: Mapped): Cells {
  const row = new CellRow(vma, changed, mapped);
  const entry = noEntry();
  const p = { lo: 0, hi: 0 };
  mm.pt.forEachEntry(vma.vm_start, vma.vm_end, p, (vpn, level) => {
    readEntry(k, vma, vpn, level, p, entry);
    const span = level === PTE ? 1 : (codecOf(k.arch, level) as { readonly pages: number }).pages;
    const end = Math.min(vpn + span, vma.vm_end);
    row.add(Math.max(vpn, vma.vm_start), end, entry.kind, entry.count, entry.bits, entry.pfn);
  });
  return row.cells(k);
}
