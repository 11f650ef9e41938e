// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest';
import { compileCodec } from './codec.js';
import { defineLayout } from './define-layout.js';
import { clear } from './formula.js';
import { formatPte, readPte } from './raw.js';
import { toyBits as B, toy } from './toy.testkit.js';
import { type AccessOp, compileUserAccess, type MmuSpec } from './user-access.js';

const codec = compileCodec(defineLayout(toy));
function attempt(mmu: MmuSpec, raw: string, op: AccessOp): readonly [boolean, string] {
  const p = readPte(raw);
  const works = compileUserAccess(mmu, codec, 32)(p, op);
  return [works, formatPte(p)];
}

describe('user access', () => {
  it('records by hardware or in the refill', () => {
    for (const by of ['hardware', 'tlb-refill'] as const) {
      const mmu: MmuSpec = { young: by, dirty: by };
      expect(attempt(mmu, '5005', 'read')).toEqual([true, '5025']);
      expect(attempt(mmu, '5005', 'exec')).toEqual([true, '5025']);
      expect(attempt(mmu, '5007', 'write')).toEqual([true, '5067']);
      expect(attempt(mmu, '5005', 'write')).toEqual([false, '5005']);
    }
  });
  it('faults until the bits are there', () => {
    const mmu: MmuSpec = { young: 'fault', dirty: 'fault' };
    expect(attempt(mmu, '5005', 'read')).toEqual([false, '5005']);
    expect(attempt(mmu, '5025', 'read')).toEqual([true, '5025']);
    expect(attempt(mmu, '5027', 'write')).toEqual([false, '5027']);
    expect(attempt(mmu, '5067', 'write')).toEqual([true, '5067']);
  });
  it('leaves no trace where nobody records', () => {
    expect(attempt({ young: 'nobody', dirty: 'nobody' }, '5007', 'write')).toEqual([true, '5007']);
  });
  it('needs a resident user page', () => {
    const mmu: MmuSpec = { young: 'hardware', dirty: 'hardware' };
    expect([attempt(mmu, '0', 'read')[0], attempt(mmu, '5001', 'read')[0]]).toEqual([false, false]);
  });
  it('can mark an entry and then refuse', () => {
    const mmu: MmuSpec = {
      young: 'tlb-refill',
      dirty: 'tlb-refill',
      rules: { read: { if: B.PRESENT, do: { or: B.ACCESSED }, allow: clear(B.TYPE_MASK) } },
    };
    expect(attempt(mmu, '500d', 'read')).toEqual([false, '502d']);
    expect(attempt(mmu, '5005', 'read')).toEqual([true, '5025']);
    expect(attempt(mmu, '5004', 'read')).toEqual([false, '5004']);
  });
});
