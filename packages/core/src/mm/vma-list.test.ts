// SPDX-License-Identifier: GPL-2.0-or-later
import { expect, it } from 'vitest';
import type { Vma } from './vma.js';
import { VmaList } from './vma-list.js';

const vma = (vm_start: number, vm_end: number): Vma => ({ vm_start, vm_end }) as Vma;

it('agrees with a sorted array while VMAs come and go', () => {
  const list = new VmaList();
  let known: Vma[] = [];
  let seed = 1;
  const below = (n: number): number => {
    seed = (seed * 48271) % 0x7fff_ffff;
    return seed % n;
  };
  for (let i = 0; i < 4000; i++) {
    const page = below(1000);
    const old = known.find((v) => v.vm_start === page * 4);
    if (old === undefined) {
      const fresh = vma(page * 4, page * 4 + 3);
      list.insert(fresh);
      known = [...known, fresh].sort((a, b) => a.vm_start - b.vm_start);
    } else if (i % 3 !== 0) {
      expect(list.remove(old)).toBe(true);
      expect(list.includes(old)).toBe(false);
      known = known.filter((v) => v !== old);
    }
    const vpn = below(4004);
    const at = known.findIndex((v) => v.vm_end > vpn);
    expect(list.find(vpn)).toBe(known[at]);
    expect(list.before(vpn)).toBe(at < 0 ? known.at(-1) : known[at - 1]);
  }
  expect(list.all).toEqual(known);
  expect(list.before(Infinity)).toBe(known.at(-1));
  const copy = new VmaList();
  copy.all = known;
  expect(copy.find(0)).toBe(known[0]);
  for (const v of known) expect(copy.remove(v)).toBe(true);
  expect(copy.all).toEqual([]);
  expect(copy.find(0)).toBeUndefined();
  expect(copy.before(9)).toBeUndefined();
});

it('finds a VMA over which a merge lets its neighbour lie', () => {
  const list = new VmaList();
  const [prev, gone, next] = [vma(0, 5), vma(5, 7), vma(7, 10)];
  for (const v of [prev, gone, next]) list.insert(v);
  prev.vm_end = 10;
  expect([list.remove(gone), list.remove(next), list.remove(gone)]).toEqual([true, true, false]);
  expect(list.all).toEqual([prev]);
});
