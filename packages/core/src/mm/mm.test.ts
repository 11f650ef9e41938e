// SPDX-License-Identifier: GPL-2.0-or-later
import { expect, it } from 'vitest';
import { Journal } from './journal.js';
import type { MmLinks, ProcessState } from './mm.js';
import type { PageTable } from './page-table.js';
import { Mm, type Vma } from './vma.js';

function space(): { mm: Mm; journal: Journal; touched: number[] } {
  const journal = new Journal();
  const touched: number[] = [];
  const links: MmLinks<Vma> = {
    journal,
    touchMm: (mm) => {
      touched.push(mm.id);
      mm.record = null;
    },
    openVma: () => {
      throw new Error('there is none');
    },
  };
  return { mm: new Mm(7, {} as PageTable, links), journal, touched };
}

it('finds mappings by label', () => {
  const { mm, touched } = space();
  expect(mm.startOf('ring')).toBeUndefined();
  mm.setLabel('ring', 16, 4);
  expect(mm.startOf('ring')).toBe(16);
  mm.record = {} as ProcessState;
  mm.setLabel('ring', 32, 2);
  mm.setLabel('heap', 64, 8);
  expect([mm.startOf('ring'), mm.startOf('heap'), touched]).toEqual([32, 64, [7]]);
  expect(mm.labels).toEqual({ ring: 32, heap: 64 });
  const other = space().mm;
  other.setLabel('other', 8, 1);
  mm.copyFrom(other);
  expect([mm.startOf('ring'), mm.startOf('other')]).toEqual([undefined, 8]);
  expect(mm.startOf('__proto__')).toBeUndefined();
});

it('goes back to a checkpoint', () => {
  const { mm, journal } = space();
  mm.setLabel('ring', 16, 4);
  mm.inc_mm_counter(1);
  const mark = journal.begin();
  mm.setLabel('ring', 32, 2);
  mm.add_mm_counter(1, 5);
  mm.dec_mm_counter(0);
  mm.locked_vm += 3;
  journal.rollback(mark, { undo: () => undefined });
  expect([mm.startOf('ring'), mm.rss, mm.locked_vm]).toEqual([16, [0, 1, 0, 0], 0]);
});

it('names the pages of a label, and none behind', () => {
  const { mm } = space();
  mm.setLabel('ring', 16, 4);
  mm.setLabel('heap', 64, 8);
  expect([15, 16, 19, 20, 63, 71, 72].map((vpn) => mm.placeName(vpn))).toEqual([
    undefined,
    'ring[0]',
    'ring[3]',
    undefined,
    undefined,
    'heap[7]',
    undefined,
  ]);
  mm.growLabel(20, 22);
  mm.growLabel(22, 18);
  expect([mm.placeName(21), mm.placeName(22)]).toEqual(['ring[5]', undefined]);
});

it('names a page after the newest mapping at its place', () => {
  const { mm } = space();
  mm.setLabel('old', 16, 4);
  mm.setLabel('new', 14, 4);
  expect([14, 16, 18].map((vpn) => mm.placeName(vpn))).toEqual(['new[0]', 'new[2]', 'old[2]']);
  mm.dropLabel('new');
  expect([mm.placeName(14), mm.placeName(16), mm.startOf('new')]).toEqual([undefined, 'old[0]', undefined]);
  mm.dropLabel('nobody');
  expect(mm.labels).toEqual({ old: 16 });
});
