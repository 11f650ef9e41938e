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
  mm.setLabel('ring', 16);
  expect(mm.startOf('ring')).toBe(16);
  mm.record = {} as ProcessState;
  mm.setLabel('ring', 32);
  mm.setLabel('heap', 64);
  expect([mm.startOf('ring'), mm.startOf('heap'), touched]).toEqual([32, 64, [7]]);
  expect(mm.labels).toEqual({ ring: 32, heap: 64 });
  const other = space().mm;
  other.setLabel('other', 8);
  mm.copyFrom(other);
  expect([mm.startOf('ring'), mm.startOf('other')]).toEqual([undefined, 8]);
  expect(mm.startOf('__proto__')).toBeUndefined();
});

it('goes back to a checkpoint', () => {
  const { mm, journal } = space();
  mm.setLabel('ring', 16);
  mm.inc_mm_counter(1);
  const mark = journal.begin();
  mm.setLabel('ring', 32);
  mm.add_mm_counter(1, 5);
  mm.dec_mm_counter(0);
  mm.locked_vm += 3;
  journal.rollback(mark, { undo: () => undefined });
  expect([mm.startOf('ring'), mm.rss, mm.locked_vm]).toEqual([16, [0, 1, 0, 0], 0]);
});
