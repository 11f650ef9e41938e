// SPDX-License-Identifier: GPL-2.0-or-later
import { expect, it } from 'vitest';
import type { ProcessState } from './mm.js';
import type { PageTable } from './page-table.js';
import { Mm } from './vma.js';

it('finds mappings by label, and copies the labels that a world holds', () => {
  const mm = new Mm(0, {} as PageTable);
  expect(mm.startOf('ring')).toBeUndefined();
  mm.setLabel('ring', 16);
  expect(mm.startOf('ring')).toBe(16);
  const held = mm.labels;
  mm.state = { labels: held } as ProcessState;
  mm.dirty = false;
  mm.setLabel('ring', 32);
  mm.setLabel('heap', 64);
  expect([mm.startOf('ring'), mm.startOf('heap'), mm.dirty]).toEqual([32, 64, true]);
  expect(held).toEqual({ ring: 16 });
  expect(mm.labels).toEqual({ ring: 32, heap: 64 });
  // another process's labels, as after a fork or when a world is opened
  mm.labels = { other: 8 };
  expect([mm.startOf('ring'), mm.startOf('other')]).toEqual([undefined, 8]);
  expect(mm.startOf('__proto__')).toBeUndefined();
});
