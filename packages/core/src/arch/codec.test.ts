// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest';
import { Canonical } from './canonical.js';
import { compileCodec } from './codec.js';
import { compileFields } from './compile-field.js';
import { compileOp, compileProtOp } from './compile-steps.js';
import { compileTest } from './compile-test.js';
import { defineLayout } from './define-layout.js';
import type { StepsSpec, TestSpec } from './layout.js';
import { bit, bits, ones } from './mask.js';
import { formatPte, pteValue, readPte } from './raw.js';
import { toy } from './toy.testkit.js';

const canonical = new Canonical(ones(64));
const holds = (spec: TestSpec, raw: bigint): boolean => compileTest(canonical.test(spec, 'test'))(readPte(raw));
const after = (spec: StepsSpec, raw: bigint, prot = 0n): bigint => {
  const p = readPte(raw);
  compileProtOp(canonical.steps(spec, 'op'))(p, readPte(prot));
  return pteValue(p);
};

describe('raw values', () => {
  it.each(['0', '1', '80000000', 'ffffffff', '100000000', '8000000000000025', 'ffffffffffffffff'])('%s', (raw) => {
    expect(formatPte(readPte(raw))).toBe(raw);
    expect(pteValue(readPte(raw))).toBe(BigInt(`0x${raw}`));
    expect(readPte(BigInt(`0x${raw}`))).toEqual(readPte(raw));
  });
});

describe('tests', () => {
  const cases: readonly (readonly [string, TestSpec, bigint, bigint])[] = [
    ['a mask: all its bits', 0x3, 0x7n, 0x1n],
    ['in the high half', bit(63), 1n << 63n, 1n << 31n],
    ['across the halves', bit(31) | bit(32), 3n << 31n, 1n << 31n],
    ['a value', { mask: 0x3, value: 0x1 }, 0x5n, 0x3n],
    ['the whole entry', { mask: ones(64), value: 0x400 }, 0x400n, 0x1_0000_0400n],
    ['any bit', { mask: bit(0) | bit(40), nonzero: true }, 1n << 40n, 2n],
    ['the opposite', { not: 0x1 }, 0x2n, 0x1n],
    ['one of two', { any: [0x1, bit(33)] }, 1n << 33n, 2n],
    ['one of three', { any: [0x1, 0x2, 0x4] }, 4n, 8n],
    ['both', { all: [0x1, 0x2] }, 3n, 1n],
    ['all three', { all: [0x1, 0x2, 0x4] }, 7n, 3n],
  ];
  it.each(cases)('%s', (_, spec, yes, no) => {
    expect([holds(spec, yes), holds(spec, no)]).toEqual([true, false]);
  });
  it('constants', () => {
    expect([holds(true, 0n), holds(false, 0n), holds({ const: true }, 0n)]).toEqual([true, false, true]);
  });
});

describe('operations', () => {
  it('nothing', () => expect(after([], 5n)).toBe(5n));
  it('clear and set', () => expect(after({ clear: 0x6, or: bit(63) }, 7n)).toBe((1n << 63n) | 1n));
  it('clear in the high half alone', () => expect(after({ clear: bit(63) }, ones(64))).toBe(ones(63)));
  it('keep and take from the protection', () => {
    expect(after([{ keep: bits(63, 12) }, { orProt: bits(11, 0) }], 0xabc123n, 0xf00fn)).toBe(0xabc00fn);
  });
  it('turn round', () => expect(after({ xor: bits(40, 20) }, 0n)).toBe(bits(40, 20)));
  it('ask the current value', () => {
    const spec: StepsSpec = [{ or: 0x2 }, { if: 0x2, do: { or: 0x4 }, else: { or: 0x8 } }];
    expect(after(spec, 0n)).toBe(0x6n);
  });
  it('ask the value before', () => {
    const spec: StepsSpec = [{ or: 0x2 }, { ifOld: 0x2, do: { or: 0x4 }, else: { or: 0x8 } }];
    expect([after(spec, 0n), after(spec, 2n)]).toEqual([0xan, 0x6n]);
  });
  it('ask whether an answer changed', () => {
    const spec: StepsSpec = [{ or: 0x2 }, { ifDiffer: 0x2, do: { xor: bit(32) } }];
    expect([after(spec, 0n), after(spec, 2n)]).toEqual([0x1_0000_0002n, 2n]);
  });
  it('ask the value before from within a branch', () => {
    const spec: StepsSpec = [{ or: 0x2 }, { if: true, do: { ifOld: 0x2, do: { or: 0x4 } } }];
    expect([after(spec, 0n), after(spec, 2n)]).toEqual([2n, 6n]);
  });
  it('an operation without protection takes nothing from one', () => {
    const p = readPte(1n);
    compileOp(canonical.steps([{ or: 2 }, { orProt: ones(64) }], 'op'))(p);
    expect(pteValue(p)).toBe(3n);
  });
});

describe('fields', () => {
  const field = (at: number, count: number, from = 0) => ({ at, count, from });
  it.each([
    ['low', [field(12, 20)], 0xfffff],
    ['a whole half', [field(0, 32)], 0xffffffff],
    ['across the halves', [field(12, 40)], 2 ** 40 - 1],
    ['52 bits', [field(12, 52)], 2 ** 52 - 1],
    ['in the high half', [field(32, 29)], 2 ** 29 - 1],
    ['split', [field(12, 38), field(8, 2, 38)], 2 ** 40 - 1],
    ['lowest bit apart', [field(8, 1), field(11, 21, 1)], 2 ** 22 - 1],
  ] as const)('%s', (_, fields, max) => {
    const codec = compileFields(fields);
    for (const value of [0, 1, max, Math.floor(max / 3), (max + 1) / 2]) {
      const p = { lo: 0, hi: 0 };
      codec.or(p, value);
      expect(codec.get(p)).toBe(value);
      const whole = fields.reduce(
        (sum, f) => sum | (((BigInt(value) >> BigInt(f.from)) & ones(f.count)) << BigInt(f.at)),
        0n,
      );
      expect(pteValue(p)).toBe(whole);
      codec.xor(p, value);
      expect(p).toEqual({ lo: 0, hi: 0 });
    }
  });
  it('lose what does not fit', () => {
    const p = { lo: 0, hi: 0 };
    compileFields([field(12, 20)]).or(p, 0x123456);
    expect(formatPte(p)).toBe('23456000');
  });
});

describe('a codec', () => {
  const codec = compileCodec(defineLayout(toy));
  it('fills in what the layout leaves out', () => {
    const p = readPte('5025');
    codec.mkdevmap(p);
    codec.set_pte(p);
    expect([formatPte(p), codec.devmap(p), codec.protnone(p)]).toEqual(['5025', false, false]);
  });
  it('has pte_mkwrite for both kinds of caller', () => {
    const p = readPte('5025');
    codec.mkwrite(p);
    expect(formatPte(p)).toBe('5027');
  });
  it('gives protections and the empty entry that nobody can change', () => {
    expect(Object.isFrozen(codec.empty) && Object.isFrozen(codec.protection_map[3])).toBe(true);
  });
  it('encodes swap entries', () => {
    const p = { lo: 0, hi: 0 };
    const entry = { type: 0, offset: 0 };
    codec.swp_entry_to_pte(p, 3, 0x1234);
    codec.pte_to_swp_entry(p, entry);
    expect([formatPte(p), entry]).toEqual(['123406', { type: 3, offset: 0x1234 }]);
  });
});
