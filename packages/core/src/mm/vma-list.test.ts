// SPDX-License-Identifier: GPL-2.0-or-later
import { expect, it } from 'vitest';
import { Journal } from './journal.js';
import { type LiveRange, type Range, type VmaBlocks, VmaList } from './vma-list.js';

interface Live extends LiveRange<Range> {
  vm_end: number;
}

let ids = 0;
const vma = (vm_start: number, vm_end: number, id = ++ids): Live => {
  const record = { id, vm_start, vm_end };
  return { id, vm_start, vm_end, live: true, record };
};

class Lists {
  readonly journal = new Journal();
  readonly made: number[] = [];

  list(blocks: VmaBlocks<Range> = []): VmaList<Live, Range> {
    const list: VmaList<Live, Range> = new VmaList<Live, Range>(blocks, this.journal, (record) => {
      this.made.push(record.id);
      const made = vma(record.vm_start, record.vm_end, record.id);
      list.place(made);
      return made;
    });
    return list;
  }
}

const below = (seed: { at: number }, n: number): number => {
  seed.at = (seed.at * 48271) % 0x7fff_ffff;
  return seed.at % n;
};
const nothing = (): void => undefined;

it('agrees with a sorted array while VMAs come and go, and goes back to any checkpoint', () => {
  const lists = new Lists();
  const list = lists.list();
  let known: Live[] = [];
  let before: { mark: ReturnType<Journal['begin']>; known: Live[] } | undefined;
  const seed = { at: 1 };
  for (let i = 0; i < 4000; i++) {
    if (i % 97 === 0) {
      if (before !== undefined && i % 2 === 0) {
        lists.journal.rollback(before.mark, { undo: nothing });
        known = before.known;
        expect(list.all).toEqual(known);
      } else if (before !== undefined) {
        lists.journal.end(before.mark);
      }
      before = { mark: lists.journal.begin(), known };
    }
    const page = below(seed, 1000);
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
    if (i % 31 === 0) list.commit(nothing);
    const vpn = below(seed, 4004);
    const at = known.findIndex((v) => v.vm_end > vpn);
    expect(list.find(vpn)).toBe(known[at]);
    expect(list.before(vpn)).toBe(at < 0 ? known.at(-1) : known[at - 1]);
  }
  expect(list.all).toEqual(known);
  expect(list.before(Infinity)).toBe(known.at(-1));
  for (const v of known) expect(list.remove(v)).toBe(true);
  expect(list.all).toEqual([]);
  expect(list.find(0)).toBeUndefined();
  expect(list.before(9)).toBeUndefined();
});

it('passes only VMAs between which there is no gap of that size, and most of those', () => {
  const lists = new Lists();
  const list = lists.list();
  let known: Live[] = [];
  let before: { mark: ReturnType<Journal['begin']>; known: Live[] } | undefined;
  const seed = { at: 7 };
  let passed = 0;
  for (let i = 0; i < 3000; i++) {
    if (i % 89 === 0) {
      if (before !== undefined && i % 2 === 0) {
        lists.journal.rollback(before.mark, { undo: nothing });
        known = before.known;
      } else if (before !== undefined) lists.journal.end(before.mark);
      before = { mark: lists.journal.begin(), known };
    }
    const page = below(seed, 600);
    const old = known.find((v) => v.vm_start === page * 4);
    if (old === undefined) {
      const fresh = vma(page * 4, page * 4 + 1 + below(seed, 4));
      list.insert(fresh);
      known = [...known, fresh].sort((a, b) => a.vm_start - b.vm_start);
    } else if (below(seed, 10) === 0) {
      list.remove(old);
      known = known.filter((v) => v !== old);
    } else {
      list.resizes(old);
      lists.journal.field(old, 'vm_end', old.vm_end);
      old.vm_end = old.vm_start + 1 + below(seed, 4);
    }
    // at last a search is rare, and what changed between two is not noted one by one
    if (i > 2000 && i % 90 > 5) continue;
    const from = i % 2 === 0 ? known.length - 1 : below(seed, known.length);
    const pages = 1 + below(seed, 12);
    const lowest = known.indexOf(list.passGapless(known[from]!, pages) as Live);
    expect(lowest).toBeGreaterThanOrEqual(0);
    expect(lowest).toBeLessThanOrEqual(from);
    passed += from - lowest;
    for (let v = lowest + 1; v <= from; v++) {
      expect(known[v]!.vm_start - known[v - 1]!.vm_end).toBeLessThan(pages);
    }
  }
  expect(passed).toBeGreaterThan(5000);
});

it('finds a VMA over which a merge lets its neighbour lie', () => {
  const list = new Lists().list();
  const [prev, gone, next] = [vma(0, 5), vma(5, 7), vma(7, 10)];
  for (const v of [prev, gone, next]) list.insert(v);
  prev.vm_end = 10;
  expect([list.remove(gone), list.remove(next), list.remove(gone)]).toEqual([true, true, false]);
  expect(list.all).toEqual([prev]);
});

it('opens a world without looking into it, makes only what is asked for, and shares what is not touched', () => {
  const first = new Lists().list();
  for (let i = 0; i < 1000; i++) first.insert(vma(4 * i, 4 * i + 3));
  const world = first.commit(nothing);
  const lists = new Lists();
  const list = lists.list(world);
  expect(list.commit(nothing)).toBe(world);
  const found = list.find(2000)!;
  expect([found.vm_start, lists.made.length, list.find(2000) === found]).toEqual([2000, 1, true]);
  expect(list.commit(nothing)).toBe(world);
  expect([...list.peek()].length).toBe(1000);
  expect(list.remove(found)).toBe(true);
  const next = list.commit(nothing);
  expect(next.flat().length).toBe(999);
  expect(next.filter((block) => !world.includes(block)).length).toBe(1);
  expect(world.flat().length).toBe(1000);
  expect(lists.made.length).toBe(1);
});
