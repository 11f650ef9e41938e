// SPDX-License-Identifier: GPL-2.0-or-later
import { expect, it } from 'vitest';
import { AddressSpace, type AddressSpaceRecord, type FileKind } from './address-space.js';
import { Journal } from './journal.js';

const pgoffs = new Map<number, number>();
const journal = new Journal();
const links = {
  journal,
  touchFile: (file: AddressSpace): void => {
    file.record = null;
  },
  pgoffOf: (id: number): number => pgoffs.get(id)!,
  peekVma: (id: number): { vm_pgoff: number; vm_start: number; vm_end: number } | undefined => {
    const vm_pgoff = pgoffs.get(id);
    return vm_pgoff === undefined ? undefined : { vm_pgoff, vm_start: 0, vm_end: 4 };
  },
};
const open = (kind: FileKind = 'device', pages = 0): AddressSpace =>
  new AddressSpace(1, 'dev', kind, pages, false, links);
const vma = (id: number, vm_pgoff: number): { id: number; vm_pgoff: number } => {
  pgoffs.set(id, vm_pgoff);
  return { id, vm_pgoff };
};
const ids = (file: AddressSpace): number[] => [...file.i_mmap];

it('vma_interval_tree_insert orders by vm_pgoff, the later behind its equals', () => {
  const file = open();
  for (const v of [vma(10, 5), vma(11, 2), vma(12, 5), vma(13, 9), vma(14, 2)]) file.insert(v);
  expect(ids(file)).toEqual([11, 14, 10, 12, 13]);
});

it('vma_interval_tree_insert_after puts a copy right behind its original', () => {
  const file = open();
  const [a, b] = [vma(1, 0), vma(2, 0)];
  file.insert(a);
  file.insert(b);
  file.insertAfter(vma(3, 0), a);
  expect(ids(file)).toEqual([1, 3, 2]);
  file.insertAfter(vma(4, 0), vma(99, 0));
  expect(ids(file)).toEqual([1, 3, 2, 4]);
});

it('knows which VMAs may map a page of the file, while they move, come and go, and are taken back', () => {
  const file = open();
  for (let id = 1; id <= 1000; id++) file.insert(vma(id, 4 * ((id * 37) % 1000)));
  const mapping = (first: number, last: number): number[] =>
    ids(file).filter((id) => pgoffs.get(id)! <= last && pgoffs.get(id)! + 4 > first);
  const found = (first: number, last: number): number[] => {
    const near = [...file.near(first, last)];
    expect(near.length).toBeLessThan(300);
    return near.filter((id) => pgoffs.get(id)! <= last && pgoffs.get(id)! + 4 > first);
  };
  for (const first of [0, 3, 4, 1777, 3999]) expect(found(first, first + 2)).toEqual(mapping(first, first + 2));
  for (let i = 0; i < 100; i++) file.moves({ id: 300 });
  pgoffs.set(300, 9500);
  expect(found(9501, 9501)).toEqual([300]);
  file.moves({ id: 500 });
  pgoffs.set(500, 9000);
  expect(found(9001, 9001)).toEqual([500]);
  file.remove({ id: 500 });
  expect(found(9001, 9001)).toEqual([]);
  expect(found(4 * 77, 4 * 77)).toEqual(mapping(4 * 77, 4 * 77));
  // a way back moves VMAs without a word
  expect(found(8000, 8000)).toEqual([]);
  const mark = journal.begin();
  pgoffs.set(7, 8000);
  journal.rollback(mark, { undo: () => undefined });
  expect(found(8000, 8000)).toEqual([7]);
});

it('removes what is there, and forgets its record only then', () => {
  const file = open();
  file.insert(vma(1, 0));
  const record = { id: 1 } as AddressSpaceRecord;
  file.record = record;
  file.remove(vma(2, 0));
  expect([ids(file), file.record]).toEqual([[1], record]);
  file.remove(vma(1, 0));
  expect([ids(file), file.record]).toEqual([[], null]);
});

it('keeps its pages and what was paged out apart', () => {
  const file = open('shmem', 8);
  file.setPage(3, 0x2000);
  file.setSwapped(4, 17);
  expect([file.page_cache.get(3), file.swapped.get(4), file.page_cache.has(4)]).toEqual([0x2000, 17, false]);
  file.setPage(3, undefined);
  file.setSwapped(4, undefined);
  expect([file.page_cache.size, file.swapped.size]).toEqual([0, 0]);
});

it('goes back to a checkpoint', () => {
  const file = open('shmem', 8);
  file.insert(vma(1, 0));
  file.setPage(3, 0x2000);
  const mark = journal.begin();
  file.insert(vma(2, 0));
  file.remove(vma(1, 0));
  file.setPage(3, 0x3000);
  file.setPage(4, 0x4000);
  file.pages = 2;
  journal.rollback(mark, { undo: () => undefined });
  expect([ids(file), [...file.page_cache], file.pages]).toEqual([[1], [[3, 0x2000]], 8]);
});
