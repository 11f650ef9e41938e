// SPDX-License-Identifier: GPL-2.0-or-later
/** A page-table entry drawn bit by bit, in letters. */
import { type Architecture, type NamedBits, ones, type Test } from '@specialbit/core/arch';
import { bitRange } from '@specialbit/view';

export interface LegendRow {
  readonly symbol: string;
  /** `9`, `51..12`, or several of them. */
  readonly bits: string;
  readonly name: string;
  readonly meaning: string;
}

export interface Drawing {
  /** A letter for each bit, from bit 0 up. */
  readonly symbols: readonly string[];
  readonly legend: readonly LegendRow[];
}

/** What the kernel's tests ask for has capitals; small where the bit says the opposite. */
const TESTED: readonly (readonly [test: 'special' | 'present' | 'write' | 'dirty' | 'young', letter: string])[] = [
  ['special', 'S'],
  ['write', 'W'],
  ['dirty', 'D'],
  ['young', 'Y'],
  ['present', 'P'],
];
const PFN = '#';
const UNUSED = '.';
const FREE = [...'abcefghijklmnoqrtvzABCEFGHIJKLMNOQRTVZ'];

/** The entry of a page. */
export function drawPage(arch: Architecture): Drawing {
  const { layout } = arch;
  const symbols: string[] = new Array(layout.pteBits).fill(UNUSED);
  const put = (mask: bigint, letter: string): void => {
    for (let bit = 0; bit < layout.pteBits; bit++) {
      if ((mask >> BigInt(bit)) & 1n && symbols[bit] === UNUSED) symbols[bit] = letter;
    }
  };
  const putTest = (test: Test, letter: string): void => {
    const { mask, clear } = bitsOf(test);
    put(mask & ~clear, letter);
    put(clear, letter.toLowerCase());
  };
  put(pfnMask(arch), PFN);
  for (const [test, letter] of TESTED) {
    putTest(layout.tests[test], letter);
  }
  const { user, exec } = layout.access;
  for (const [test, letter] of [
    [user, 'U'],
    [exec, 'X'],
  ] as const) {
    putTest(test, letter);
  }
  const free = FREE.filter((letter) => !symbols.includes(letter));
  const names = layout.bits.filter(({ kind, mask }) => (kind === 'page' || kind === 'absent') && mask !== 0n);
  for (const { mask } of [...names].sort((a, b) => size(b.mask) - size(a.mask))) {
    if (!symbols.some((symbol, bit) => symbol === UNUSED && (mask >> BigInt(bit)) & 1n)) continue;
    put(mask, free.shift() ?? '?');
  }
  return { symbols, legend: legendOf(names, symbols, pfnRow(arch)) };
}

/** A swap entry. */
export function drawSwap(arch: Architecture): Drawing {
  const { layout } = arch;
  const { swap } = layout;
  const symbols: string[] = Array.from({ length: layout.pteBits }, (_, bit) =>
    (swap.base >> BigInt(bit)) & 1n ? '1' : '0',
  );
  const fill = (at: number, count: number, letter: string): void => {
    for (let bit = at; bit < at + count; bit++) symbols[bit] = letter;
  };
  for (const { at, count } of swap.offset) fill(at, count, 'o');
  fill(swap.type.at, swap.type.count, 't');
  const exclusive = bitsOf(layout.tests.swp_exclusive).mask;
  for (let bit = 0; bit < layout.pteBits; bit++) if ((exclusive >> BigInt(bit)) & 1n) symbols[bit] = 'e';
  const names = layout.bits.filter(({ kind }) => kind === 'swap');
  return { symbols, legend: legendOf(names, symbols) };
}

/** The drawing in lines of 32 bits, the highest first, with a ruler above each. */
export function drawingLines({ symbols }: Drawing): string[] {
  const lines: string[] = [];
  for (let low = Math.floor((symbols.length - 1) / 32) * 32; low >= 0; low -= 32) {
    const high = Math.min(low + 31, symbols.length - 1);
    const bits = Array.from({ length: high - low + 1 }, (_, i) => high - i);
    const row = (text: (bit: number) => string): string =>
      bits.map((bit) => text(bit) + (bit % 4 === 0 && bit > low ? ' ' : '')).join('');
    lines.push(
      row((bit) => String(Math.floor(bit / 10))),
      row((bit) => String(bit % 10)),
      row((bit) => symbols[bit] ?? '?'),
    );
  }
  return lines;
}

export function pfnMask(arch: Architecture): bigint {
  return arch.layout.pfn.fields.reduce((mask, f) => mask | (ones(f.count) << BigInt(f.at)), 0n);
}

function pfnRow(arch: Architecture): LegendRow {
  const fields = arch.layout.pfn.fields;
  const split =
    fields.length === 1
      ? ''
      : `: ${fields.map((f) => `pfn bits ${f.from + f.count - 1}..${f.from} at ${f.at}`).join(', ')}`;
  return { symbol: PFN, bits: bitRange(pfnMask(arch)), name: 'pfn', meaning: `page frame number${split}` };
}

function legendOf(names: readonly NamedBits[], symbols: readonly string[], first?: LegendRow): LegendRow[] {
  const rows = [...names]
    .sort((a, b) => (b.mask > a.mask ? 1 : b.mask < a.mask ? -1 : 0))
    .map(({ name, meaning, mask, kind }) => ({
      symbol: symbols[lowestBit(mask)] ?? '?',
      bits: bitRange(mask),
      name,
      meaning: kind === 'absent' ? `${meaning} (where the hardware sees no page)` : meaning,
    }))
    // the header's own name for the pfn field says nothing more
    .filter((row) => first === undefined || row.symbol !== first.symbol || row.bits !== first.bits);
  return first === undefined ? rows : [first, ...rows];
}

export interface TestBits {
  /** Every bit that decides the test. */
  readonly mask: bigint;
  /** Those that it wants clear. */
  readonly clear: bigint;
}

/** The bits that decide a test. */
export function bitsOf(test: Test): TestBits {
  switch (test.kind) {
    case 'const':
      return { mask: 0n, clear: 0n };
    case 'equals':
      return { mask: test.mask, clear: test.mask & ~test.value };
    case 'nonzero':
      return { mask: test.mask, clear: 0n };
    case 'not': {
      const { mask, clear } = bitsOf(test.test);
      return { mask, clear: mask & ~clear };
    }
    case 'any':
    case 'all': {
      const inner = test.tests.map(bitsOf);
      return {
        mask: inner.reduce((mask, t) => mask | t.mask, 0n),
        clear: inner.reduce((clear, t) => clear | t.clear, 0n),
      };
    }
  }
}

const size = (mask: bigint): number => mask.toString(2).replaceAll('0', '').length;
const lowestBit = (mask: bigint): number =>
  mask === 0n ? 0 : mask.toString(2).length - 1 - mask.toString(2).lastIndexOf('1');
