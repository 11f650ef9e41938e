// SPDX-License-Identifier: GPL-2.0-or-later
/** The contiguous bit of arm64: what is folded, what unfolds, and what a block has in common (arch/arm64/mm/contpte.c). */
import type { Pte } from '@specialbit/core/arch';
import { beforeEach, describe, expect, it } from 'vitest';
import { arm64_4k_39 } from './arm64.js';

const { pte, ptep } = arm64_4k_39;
const RW = pte.protection_map[11]!;
const FOLIO = { id: 0x1000, pages: 32 };

let table: Map<number, Pte>;
const api = ptep!.of(
  {
    load: (vpn, p) => Object.assign(p, table.get(vpn) ?? pte.empty),
    store: (vpn, { lo, hi }) => void table.set(vpn, { lo, hi }),
    folioOf: (pfn) => (pfn >= FOLIO.id && pfn < FOLIO.id + FOLIO.pages ? FOLIO : undefined),
  },
  pte,
);

beforeEach(() => {
  table = new Map();
});

function entry(pfn: number, ...ops: ('mkdirty' | 'mkold' | 'mkspecial' | 'wrprotect')[]): Pte {
  const p = { lo: 0, hi: 0 };
  pte.pfn_pte(p, pfn, RW);
  for (const op of ops) pte[op](p);
  return p;
}
/** Sets PTEs one by one, as set_pte_at() does. */
function each(vpn: number, pfn: number, nr: number, make = entry): void {
  for (let i = 0; i < nr; i++) api.set_ptes(vpn + i, make(pfn + i), 1);
}
/** Which of the entries from `vpn` on have the bit: `cccc----`. */
const blocks = (vpn: number, nr: number): string =>
  Array.from({ length: nr }, (_, i) => (api.grouped(table.get(vpn + i) ?? { lo: 0, hi: 0 }) ? 'c' : '-')).join('');
const letters = (vpn: number, nr: number): string =>
  Array.from({ length: nr }, (_, i) => {
    const p = table.get(vpn + i)!;
    return pte.dirty(p) ? 'D' : pte.young(p) ? 'y' : '.';
  }).join('');
const ALL = 'c'.repeat(16);
const NONE = '-'.repeat(16);

describe('folding', () => {
  it('comes with the last entry of an aligned block of one folio', () => {
    each(0x40, FOLIO.id, 15);
    expect(blocks(0x40, 16)).toBe(NONE);
    api.set_ptes(0x4f, entry(FOLIO.id + 15), 1);
    expect(blocks(0x40, 16)).toBe(ALL);
  });

  it('is not for other alignments, parts of folios, special entries, or rights that differ', () => {
    each(0x41, FOLIO.id, 16);
    expect(blocks(0x40, 18)).toBe('-'.repeat(18));
    each(0x40, FOLIO.id - 16, 16);
    expect(blocks(0x40, 16)).toBe(NONE);
    each(0x40, FOLIO.id, 16, (pfn) => entry(pfn, 'mkspecial'));
    expect(blocks(0x40, 16)).toBe(NONE);
    each(0x40, FOLIO.id, 16, (pfn) => (pfn % 2 === 0 ? entry(pfn) : entry(pfn, 'wrprotect')));
    expect(blocks(0x40, 16)).toBe(NONE);
  });

  it('makes all of the block young and dirty where one entry is', () => {
    each(0x40, FOLIO.id, 16, (pfn) => (pfn === FOLIO.id + 3 ? entry(pfn, 'mkdirty') : entry(pfn, 'mkold')));
    expect([blocks(0x40, 16), letters(0x40, 16)]).toEqual([ALL, 'D'.repeat(16)]);
    expect(pte.young(table.get(0x4a)!)).toBe(true);
  });

  it('comes at once for several entries, where they are whole blocks', () => {
    api.set_ptes(0x48, entry(FOLIO.id + 8), 24);
    expect(blocks(0x40, 32)).toBe('-'.repeat(16) + ALL);
    expect(pte.pfn(table.get(0x5f)!)).toBe(FOLIO.id + 31);
  });
});

describe('a block', () => {
  beforeEach(() => api.set_ptes(0x40, entry(FOLIO.id, 'mkold'), 32));

  it('unfolds for who sets or clears one entry, and folds again when its last is set', () => {
    api.clear_full_ptes(0x43, 1);
    expect(blocks(0x40, 32)).toBe(NONE + ALL);
    api.set_ptes(0x43, entry(FOLIO.id + 3, 'mkold'), 1);
    expect(blocks(0x40, 16)).toBe(NONE);
    api.set_ptes(0x4f, entry(FOLIO.id + 15, 'mkold'), 1);
    expect(blocks(0x40, 16)).toBe(ALL);
  });

  it('stays when all of it is write-protected, and unfolds at the ends of a range that cuts it', () => {
    api.wrprotect_ptes(0x40, 20);
    expect(blocks(0x40, 32)).toBe(ALL + NONE);
    expect([0x40, 0x53, 0x54].map((vpn) => pte.write(table.get(vpn)!))).toEqual([false, false, true]);
  });

  it('gives young and dirty of any entry, and loses them together', () => {
    pte.mkyoung(table.get(0x45)!);
    const p = { ...table.get(0x40)! };
    api.ptep_get(0x40, p);
    expect([pte.young(p), pte.dirty(p)]).toEqual([true, false]);
    api.clear_young_dirty_ptes(0x4e, 1, true);
    expect([blocks(0x40, 16), letters(0x40, 16)]).toEqual([ALL, '.'.repeat(16)]);
  });

  it('becomes young as a whole, and unfolds when one entry becomes writable', () => {
    api.ptep_set_access_flags(0x47, entry(FOLIO.id + 7));
    expect([blocks(0x40, 16), letters(0x40, 16)]).toEqual([ALL, 'y'.repeat(16)]);
    api.wrprotect_ptes(0x40, 16);
    api.ptep_set_access_flags(0x47, entry(FOLIO.id + 7, 'mkdirty'));
    expect([blocks(0x40, 16), letters(0x40, 16)]).toEqual([NONE, 'yyyyyyyDyyyyyyyy']);
    expect(pte.write(table.get(0x47)!)).toBe(true);
  });
});
