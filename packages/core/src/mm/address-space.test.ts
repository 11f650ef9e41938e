// SPDX-License-Identifier: GPL-2.0-or-later
import { expect, it } from 'vitest';
import type { Vma } from './vma.js';
import { AddressSpace } from './vma.js';

const vma = (id: string, vm_pgoff: number): Vma => ({ id, vm_pgoff }) as unknown as Vma;
const ids = (file: AddressSpace): string => file.i_mmap.map(({ id }) => id).join('');

it('vma_interval_tree_insert orders by vm_pgoff, the later behind its equals', () => {
  const file = new AddressSpace(1, 'dev', 'device', 0);
  for (const v of [vma('a', 5), vma('b', 2), vma('c', 5), vma('d', 9), vma('e', 2)]) file.insert(v);
  expect(ids(file)).toBe('beacd');
});

it('vma_interval_tree_insert_after puts a copy right behind its original', () => {
  const file = new AddressSpace(1, 'dev', 'device', 0);
  const [a, b] = [vma('a', 0), vma('b', 0)];
  file.insert(a);
  file.insert(b);
  file.insertAfter(vma('c', 0), a);
  expect(ids(file)).toBe('acb');
  file.insertAfter(vma('d', 0), vma('nobody', 0));
  expect(ids(file)).toBe('acbd');
});

it('removes what is there, and forgets its record only then', () => {
  const file = new AddressSpace(1, 'dev', 'device', 0);
  const a = vma('a', 0);
  file.insert(a);
  const record = { id: 1 } as NonNullable<AddressSpace['record']>;
  file.record = record;
  file.remove(vma('a', 0));
  expect([ids(file), file.record]).toEqual(['a', record]);
  file.remove(a);
  expect([ids(file), file.record]).toEqual(['', null]);
});

it('keeps its pages and what was paged out apart', () => {
  const file = new AddressSpace(1, 'tmp', 'shmem', 8);
  file.setPage(3, 0x2000);
  file.setSwapped(4, 17);
  expect([file.page_cache.get(3), file.swapped.get(4), file.page_cache.has(4)]).toEqual([0x2000, 17, false]);
  file.setPage(3, undefined);
  file.setSwapped(4, undefined);
  expect([file.page_cache.size, file.swapped.size]).toEqual([0, 0]);
});
