// SPDX-License-Identifier: GPL-2.0-or-later
/** What walks over page tables do at each entry, and how a leaf of PTEs is gone through without asking of each of them. */

import type { CompiledCodec } from '../arch/codec.js';
import type { Pte } from '../arch/contract.js';

/**
 * What a walk does at each level; the entry is in the walk's register. A PMD or PUD is given by its first
 * page, which may lie before the range. True: done with it. False: it was split or taken away, and what is
 * there now is walked.
 */
export interface Walk {
  pte(vpn: number): void;
  pmd(first: number): boolean;
  pud(first: number): boolean;
  /** PTEs that are cleared, and nothing else: of leaves that hold nothing but such, `pte` does not hear. */
  readonly cleared?: AlikeTest | undefined;
}

/** The same for a copy: of a PTE, true stores the register in the other table. */
export interface CopyWalk {
  pte(vpn: number): boolean;
  pmd(first: number): boolean;
  pud(first: number): boolean;
  /** PTEs that are copied, and nothing else: of leaves that hold nothing but such, `pte` does not hear. */
  readonly alone?: AlikeCopy | undefined;
}

/** A question about PTEs whose answer is the same for all that are alike in `bits`. */
export interface AlikeTest {
  readonly bits: Readonly<Pte>;
  holds(p: Readonly<Pte>): boolean;
}

/** What becomes of PTEs: the same change for all that are alike in `bits`. False: more is to be done than to store it. */
export interface AlikeCopy {
  readonly bits: Readonly<Pte>;
  copy(p: Pte): boolean;
}

/** The entries of `[start, end)` in the leaf whose first entry is that of page `first`. */
export function visitLeaf(
  codec: CompiledCodec,
  data: Int32Array,
  start: number,
  end: number,
  first: number,
  p: Pte,
  visit: (vpn: number) => void,
): void {
  const { lo, hi } = codec.empty;
  const to = Math.min(data.length >>> 1, end - first);
  for (let i = Math.max(0, start - first); i < to; i++) {
    p.lo = data[2 * i]!;
    p.hi = data[2 * i + 1]!;
    // most of what is empty is exactly that
    if (p.lo === lo && p.hi === hi) continue;
    if (!codec.none(p)) visit(first + i);
  }
}

/** Does the test hold for every PTE of a leaf, and is there one? */
export function allHold(empty: Readonly<Pte>, data: Int32Array, p: Pte, { bits, holds }: AlikeTest): boolean {
  const { lo, hi } = empty;
  let asked = false;
  let askedLo = 0;
  let askedHi = 0;
  for (let i = 0; i < data.length; i += 2) {
    p.lo = data[i]!;
    p.hi = data[i + 1]!;
    if (p.lo === lo && p.hi === hi) continue;
    const bitsLo = p.lo & bits.lo;
    const bitsHi = p.hi & bits.hi;
    if (asked && bitsLo === askedLo && bitsHi === askedHi) continue;
    if (!holds(p)) return false;
    asked = true;
    askedLo = bitsLo;
    askedHi = bitsHi;
  }
  return asked;
}

/** The copy of a leaf, itself where it would be the same; undefined where more is to be done, or it is empty. */
export function copyAlone(
  empty: Readonly<Pte>,
  data: Int32Array,
  p: Pte,
  { bits, copy }: AlikeCopy,
): Int32Array | undefined {
  const { lo, hi } = empty;
  let asked = false;
  let askedLo = 0;
  let askedHi = 0;
  let xorLo = 0;
  let xorHi = 0;
  let copied: Int32Array | undefined;
  for (let i = 0; i < data.length; i += 2) {
    const entryLo = data[i]!;
    const entryHi = data[i + 1]!;
    if (entryLo === lo && entryHi === hi) continue;
    const bitsLo = entryLo & bits.lo;
    const bitsHi = entryHi & bits.hi;
    if (!asked || bitsLo !== askedLo || bitsHi !== askedHi) {
      p.lo = entryLo;
      p.hi = entryHi;
      if (!copy(p)) return undefined;
      xorLo = p.lo ^ entryLo;
      xorHi = p.hi ^ entryHi;
      asked = true;
      askedLo = bitsLo;
      askedHi = bitsHi;
    }
    if ((xorLo | xorHi) === 0) continue;
    copied ??= data.slice();
    copied[i] = entryLo ^ xorLo;
    copied[i + 1] = entryHi ^ xorHi;
  }
  return asked ? (copied ?? data) : undefined;
}
