// SPDX-License-Identifier: GPL-2.0-or-later
/** The entries of a VMA as columns of numbers: a page of a screen has tens of thousands of them. */
import { codecOf, decideEntry, F, frameLabel, type Kernel, type Mm, PTE, type Vma } from '@specialbit/core/kernel';
import { type CellKind, cellKind } from '@specialbit/view';
import { CELL, type Cells, KINDS } from '../protocol.js';

/** Cells of a VMA that are told of, and of those with names of frames in them. */
const MOST = 16_384;
const NAMED = 256;

const CODE = Object.fromEntries(KINDS.map((kind, i) => [kind, i])) as Readonly<Record<CellKind, number>>;

/** `changed`: pages whose entry the last event wrote. `mapped` takes the frames, as many as it has room for. */
export function cellsOf(
  k: Kernel,
  mm: Mm,
  vma: Vma,
  changed: ReadonlySet<number>,
  mapped: { readonly add: (pfn: number) => void },
): Cells {
  const page: number[] = [];
  const pages: number[] = [];
  const kind: number[] = [];
  const count: number[] = [];
  const bits: number[] = [];
  const pfns: number[] = [];
  let more = 0;
  let next = vma.vm_start;
  const add = (vpn: number, span: number, code: number, refs: number, flags: number, pfn: number): void => {
    if (page.length >= MOST) {
      more++;
      return;
    }
    page.push(vpn - vma.vm_start);
    pages.push(span);
    kind.push(code);
    count.push(refs);
    bits.push(flags | (changed.has(vpn) ? CELL.changed : 0));
    pfns.push(pfn);
  };
  const empty = (to: number): void => {
    // an entry that went away is seen to have gone: it has a cell of its own
    for (let vpn = next; vpn < to; ) {
      let end = vpn + 1;
      if (!changed.has(vpn)) while (end < to && !changed.has(end)) end++;
      add(vpn, end - vpn, CODE.none, -1, 0, -1);
      vpn = end;
    }
  };
  const p = { lo: 0, hi: 0 };
  mm.pt.forEachEntry(vma.vm_start, vma.vm_end, p, (vpn, level) => {
    const codec = codecOf(k.arch, level)!;
    const first = Math.max(vpn, vma.vm_start);
    if (first > next) empty(first);
    const span = level === PTE ? 1 : (codec as { readonly pages: number }).pages;
    next = Math.min(vpn + span, vma.vm_end);
    if (level === PTE && !k.pte.present(p)) {
      add(first, 1, CODE.swap, -1, 0, -1);
      return;
    }
    const pfn = codec.pfn(p);
    const flags =
      (codec.write(p) ? CELL.write : 0) |
      (codec.dirty(p) ? CELL.dirty : 0) |
      (codec.young(p) ? CELL.young : 0) |
      (codec.special(p) ? CELL.special : 0) |
      (level === PTE ? 0 : CELL.huge);
    mapped.add(pfn);
    const valid = k.machine.pfn_valid(pfn);
    add(
      first,
      next - first,
      CODE[cellKind(decideEntry(k, vma, vpn, level, p))],
      valid ? k.frames.get(pfn, F.count) : -1,
      flags,
      pfn,
    );
  });
  if (next < vma.vm_end) empty(vma.vm_end);
  const cells = {
    page: Uint32Array.from(page),
    pages: Uint32Array.from(pages),
    kind: Uint8Array.from(kind),
    count: Int32Array.from(count),
    bits: Uint8Array.from(bits),
    more,
  };
  if (page.length > NAMED) return cells;
  return { ...cells, frames: pfns.map((pfn) => (pfn < 0 ? '' : frameLabel(k, pfn))) };
}
