// SPDX-License-Identifier: GPL-2.0-or-later
/** An entry as a row of fields, from its highest bit down: what hardware and software have there, by name. */
import type { BitView } from '@specialbit/core';
import type { Architecture, Test } from '@specialbit/core/arch';
import { bitValue, type DecodedEntry, pfnBits, positions } from './bit-text.js';

/** `special`: what pte_special() looks at. `frame`: the pfn. `software`: what the hardware leaves alone. */
export type BitClass = 'special' | 'frame' | 'software' | 'hardware' | 'unnamed';

export interface BitField {
  /** `63`, `51..12`. */
  readonly bits: string;
  readonly top: number;
  readonly bottom: number;
  /** `-` where the kernel's header has no name for it. */
  readonly name: string;
  readonly meaning: string;
  /** `1`, `0`, or hex with `0x`. */
  readonly value: string;
  readonly set: boolean;
  readonly of: BitClass;
  /**
   * What the entry is while this is set, and is not while it is clear, whatever an architecture calls the bit: `write`;
   * with `!` before it of a bit that says the contrary.
   */
  readonly says: readonly string[];
}

/** What entries of all architectures are asked. */
const ASKED = ['present', 'write', 'dirty', 'young', 'special'] as const;

/** The fields that cover each bit once, the highest first. Where names overlap, the one of the fewest bits has it. */
export function bitFields(e: DecodedEntry, arch: Architecture): BitField[] {
  const layout = e.level === 'pte' ? arch.layout : arch[e.level]!.layout;
  const special = e.pte.kind === 'present' ? maskOf(layout.tests.special) : 0n;
  const pfn = pfnBits(e, arch);
  const named = [...e.bits, ...pfn].sort((a, b) => size(a) - size(b));
  const covered: BitView[] = [];
  let taken = 0n;
  for (const bit of named) {
    const mask = BigInt(`0x${bit.mask}`);
    // in pieces, or shared with another name: the rows below tell of it
    if (mask === 0n || (mask & taken) !== 0n || !contiguous(mask)) continue;
    taken |= mask;
    covered.push(bit);
  }
  const raw = BigInt(`0x${e.pte.raw}`);
  const frame = layout.pfn.fields.reduce(
    (mask, { at, count }) => mask | (((1n << BigInt(count)) - 1n) << BigInt(at)),
    0n,
  );
  const fields = covered.map((bit): BitField => {
    const mask = BigInt(`0x${bit.mask}`);
    const bottom = lowest(mask);
    return {
      ...{ bits: positions(bit), top: mask.toString(2).length - 1, bottom, name: bit.name, meaning: bit.meaning },
      ...{ value: bitValue(bit), set: (raw & mask) !== 0n, of: classOf(bit, mask, special, frame, e.pte.kind) },
      says: e.pte.kind === 'present' ? saidBy(mask, raw, layout.tests) : [],
    };
  });
  return [...fields, ...gaps(fields, raw, layout.pteBits)].sort((a, b) => b.top - a.top);
}

function classOf(bit: BitView, mask: bigint, special: bigint, frame: bigint, kind: string): BitClass {
  if ((mask & special) !== 0n && (mask & ~special) === 0n) return 'special';
  if (kind === 'present' && (mask & frame) !== 0n && (mask & ~frame) === 0n) return 'frame';
  return /\bsoftware\b/i.test(bit.meaning) || kind === 'swap' ? 'software' : 'hardware';
}

/** Runs of bits that no field has. */
function gaps(fields: readonly BitField[], raw: bigint, width: number): BitField[] {
  const free = Array.from(
    { length: width },
    (_, bit) => !fields.some(({ top, bottom }) => bit <= top && bit >= bottom),
  );
  const found: BitField[] = [];
  for (let bit = 0; bit < width; bit++) {
    if (!free[bit]) continue;
    const bottom = bit;
    while (free[bit + 1] === true) bit++;
    const count = BigInt(bit - bottom + 1);
    const value = (raw >> BigInt(bottom)) & ((1n << count) - 1n);
    const bits = bit === bottom ? String(bit) : `${bit}..${bottom}`;
    found.push({
      ...{ bits, top: bit, bottom, name: '-', meaning: '', of: 'unnamed', says: [] },
      ...{ value: count === 1n ? String(value) : `0x${value.toString(16)}`, set: value !== 0n },
    });
  }
  return found;
}

function saidBy(mask: bigint, raw: bigint, tests: Readonly<Record<string, Test | undefined>>): string[] {
  return ASKED.flatMap((name) => {
    const test = tests[name];
    if (test === undefined) return [];
    const [set, clear] = [holds(test, raw | mask), holds(test, raw & ~mask)];
    return set === clear ? [] : [set ? name : `!${name}`];
  });
}

function holds(test: Test, raw: bigint): boolean {
  switch (test.kind) {
    case 'const':
      return test.value;
    case 'equals':
      return (raw & test.mask) === test.value;
    case 'nonzero':
      return (raw & test.mask) !== 0n;
    case 'not':
      return !holds(test.test, raw);
    case 'any':
      return test.tests.some((inner) => holds(inner, raw));
    case 'all':
      return test.tests.every((inner) => holds(inner, raw));
  }
}

/** The bits that decide a test. */
function maskOf(test: Test): bigint {
  switch (test.kind) {
    case 'const':
      return 0n;
    case 'not':
      return maskOf(test.test);
    case 'any':
    case 'all':
      return test.tests.reduce((mask, inner) => mask | maskOf(inner), 0n);
    default:
      return test.mask;
  }
}

const size = ({ mask }: BitView): number => BigInt(`0x${mask}`).toString(2).replaceAll('0', '').length;
const contiguous = (mask: bigint): boolean => /^1+0*$/.test(mask.toString(2));
function lowest(mask: bigint): number {
  const bits = mask.toString(2);
  return bits.length - 1 - bits.lastIndexOf('1');
}
