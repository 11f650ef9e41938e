// SPDX-License-Identifier: GPL-2.0-or-later
import { expect, it } from 'vitest';
import { Journal } from '../mm/journal.js';
import { F, FRAME_FIELDS, FrameTable, PG } from './frame-table.js';

const table = (): FrameTable => new FrameTable(new Journal());

it('holds zeroes for a frame that nothing ever touched', () => {
  const frames = table();
  expect(Object.values(F).map((field) => frames.get(0x1234, field))).toEqual(Array(FRAME_FIELDS).fill(0));
});

it('keeps neighbours apart', () => {
  const frames = table();
  frames.set(7, F.count, 3);
  frames.set(8, F.mapcount, 4);
  expect([6, 7, 8, 9].map((pfn) => [frames.get(pfn, F.count), frames.get(pfn, F.mapcount)])).toEqual([
    [0, 0],
    [3, 0],
    [0, 4],
    [0, 0],
  ]);
  expect([frames.add(7, F.count, -5), frames.get(7, F.count)]).toEqual([-2, -2]);
});

it('sets and clears flags one by one', () => {
  const frames = table();
  frames.setFlag(5, PG.dirty | PG.lru);
  frames.clearFlag(5, PG.dirty);
  expect([frames.test(5, PG.dirty), frames.test(5, PG.lru), frames.test(5, PG.dirty | PG.lru)]).toEqual([
    false,
    true,
    true,
  ]);
});

it('gives every flag a bit of its own', () => {
  const all = Object.values(PG);
  expect(new Set(all).size).toBe(all.length);
  expect(all.every((flag) => (flag & (flag - 1)) === 0)).toBe(true);
});

it('wipes and moves whole records', () => {
  const frames = table();
  for (const field of Object.values(F)) frames.set(5, field, field + 1);
  frames.set(6, F.count, 9);
  frames.move(5, 0x500);
  expect([frames.get(0x500, F.count), frames.get(0x500, F.seq), frames.get(5, F.seq)]).toEqual([1, 9, 0]);
  frames.wipe(0x500);
  expect([frames.get(0x500, F.count), frames.get(6, F.count)]).toEqual([0, 9]);
});

it('tells who listens of every record that it writes, those that it moves too', () => {
  const frames = table();
  frames.set(5, F.count, 3);
  const heard: [number, number][] = [];
  frames.touched = { frame: (pfn, leaf, at) => heard.push([pfn, leaf[at + F.count]!]) };
  frames.move(5, 0x500);
  expect(heard.sort((a, b) => a[0] - b[0])).toEqual([
    [5, 3],
    [0x500, 0],
  ]);
});

it('commits what was written, and a later write does not change that', () => {
  const frames = table();
  frames.set(5, F.content, 1);
  const root = frames.commit();
  frames.set(5, F.content, 2);
  expect([new FrameTable(new Journal(), root).get(5, F.content), frames.get(5, F.content)]).toEqual([1, 2]);
});

it('tells whoever listens which frame is written to', () => {
  const frames = table();
  const seen: number[] = [];
  frames.touched = { frame: (pfn: number) => seen.push(pfn), pte: () => {}, vma: () => {} } as never;
  frames.set(3, F.count, 1);
  frames.get(4, F.count);
  frames.setFlag(5, PG.lru);
  frames.setFlag(5, PG.lru);
  expect(seen).toEqual([3, 5]);
});
