// SPDX-License-Identifier: GPL-2.0-or-later
/** What a page table of one architecture looks like: its codecs by level, and the leaves that hold raw entries. */
import type { CompiledCodec } from '../arch/codec.js';
import type { Pte } from '../arch/contract.js';
import type { HugeCodec } from '../arch/huge.js';
import type { PtepSpec, RawPtes } from '../arch/ptep.js';
import { type HugeLevel, type Level, PMD, PUD } from './level.js';
import { type Leaf, type LeafType, type UpperLevel, upperGeometry } from './radix.js';

/** log2 of the PTEs in one leaf: a typed array of 1 KiB. */
export const PTE_LEAF_BITS = 7;

/** A level above that of PTEs whose entries can map memory. */
export interface HugeLayout {
  readonly level: HugeLevel;
  readonly codec: HugeCodec;
  /** Small pages that one entry maps. */
  readonly pages: number;
  readonly upper: UpperLevel<Int32Array>;
}

export interface PageTableLayout {
  readonly pte: CompiledCodec;
  readonly leaf: LeafType<Int32Array>;
  /** A leaf without entries that any table may hold: nobody owns it, so that the first write copies it. */
  readonly emptyLeaf: Leaf<Int32Array>;
  /** Ascending; empty where the architecture has no huge entries. */
  readonly huge: readonly HugeLayout[];
  readonly uppers: readonly UpperLevel<Int32Array>[];
  /** Whether there is a table, though an empty one, is something that the kernel asks, and a way back restores. */
  readonly tables: boolean;
  /** PTEs are kept together in groups, as far as folios go. */
  readonly groups?: { readonly spec: PtepSpec; readonly folioOf: RawPtes['folioOf'] };
}

interface Codecs {
  readonly pte: CompiledCodec;
  readonly pmd: HugeCodec | undefined;
  readonly pud: HugeCodec | undefined;
  readonly ptep?: PtepSpec | undefined;
}

/** The codec of a level; undefined where the architecture's entries of that level map nothing. */
export function codecOf(arch: Codecs, level: Level): CompiledCodec | HugeCodec | undefined {
  if (level === 0) return arch.pte;
  return level === PMD ? arch.pmd : arch.pud;
}

/**
 * Made once for a running kernel. `folioOf`: it has transparent huge pages, so that empty tables matter, and PTEs of a
 * folio may be kept together.
 */
export function pageTableLayout(arch: Codecs, folioOf?: RawPtes['folioOf']): PageTableLayout {
  const huge: HugeLayout[] = [];
  if (arch.pmd !== undefined) huge.push(hugeLayout(PMD, arch.pmd));
  if (arch.pud !== undefined) huge.push(hugeLayout(PUD, arch.pud));
  const leaf = rawLeaf(PTE_LEAF_BITS, arch.pte.empty);
  return {
    pte: arch.pte,
    leaf,
    emptyLeaf: { owner: null, data: leaf.make() },
    huge,
    uppers: huge.map(({ upper }) => upper),
    tables: folioOf !== undefined && arch.pmd !== undefined,
    ...(folioOf !== undefined && arch.ptep !== undefined && { groups: { spec: arch.ptep, folioOf } }),
  };
}

function hugeLayout(level: HugeLevel, codec: HugeCodec): HugeLayout {
  const order = Math.log2(codec.pages);
  const { height, bits } = upperGeometry(PTE_LEAF_BITS, order);
  const p: Pte = { lo: 0, hi: 0 };
  const { lo, hi } = codec.empty;
  const next = (data: Int32Array, from: number, to: number): number => {
    for (let i = from; i < to; i++) {
      p.lo = data[2 * i]!;
      p.hi = data[2 * i + 1]!;
      if (p.lo === lo && p.hi === hi) continue;
      if (!codec.none(p)) return i;
    }
    return -1;
  };
  return { level, codec, pages: codec.pages, upper: { order, height, type: rawLeaf(bits, codec.empty), next } };
}

/** Raw entries as pairs of halves, all empty at first. */
function rawLeaf(bits: number, { lo, hi }: Readonly<Pte>): LeafType<Int32Array> {
  const size = 2 << bits;
  return {
    bits,
    make() {
      const data = new Int32Array(size);
      if (lo !== 0 || hi !== 0) {
        for (let i = 0; i < size; i += 2) {
          data[i] = lo;
          data[i + 1] = hi;
        }
      }
      return data;
    },
    copy: (from) => from.slice(),
  };
}
