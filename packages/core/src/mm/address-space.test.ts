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
