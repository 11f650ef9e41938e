// SPDX-License-Identifier: GPL-2.0-or-later
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { diffRoots, Edit, emptyRoot, type RadixRoot, RadixTree } from './radix.js';

const BITS = 3;
const SIZE = 1 << BITS;
type Leaf = number[];

const leafType = {
  bits: BITS,
  make: (): Leaf => new Array<number>(SIZE).fill(0),
  copy: (from: Leaf): Leaf => from.slice(),
};

/** Keys near each other, far apart, and beyond 32 bits. */
const key = fc.oneof(
  fc.nat(200),
  fc.nat(0x3fff_ffff),
  fc.nat(100).map((n) => 2 ** 31 - 50 + n),
  fc.nat(100).map((n) => 2 ** 45 + n),
);
const write = fc.record({ do: fc.constant('write' as const), key, value: fc.integer({ min: 1 }) });
const step = fc.oneof(
  { weight: 8, arbitrary: write },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('read' as const), key }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('commit' as const) }) },
);
const cache = fc.constantFrom(1, 4, 32);

function read(tree: RadixTree<Leaf>, at: number): number {
  return tree.leaf(at)?.[tree.slot(at)] ?? 0;
}

function contentOf(root: RadixRoot<Leaf>): Map<number, number> {
  const content = new Map<number, number>();
  new RadixTree(leafType, root, new Edit()).forEachLeaf(0, 2 ** 46, (data, first) => {
    data.forEach((value, i) => {
      if (value !== 0) content.set(first + i, value);
    });
  });
  return content;
}

it('holds what was written, and no root ever changes', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), cache, (steps, cached) => {
      const tree = new RadixTree<Leaf>(leafType, emptyRoot, new Edit(), cached);
      const model = new Map<number, number>();
      const roots: { root: RadixRoot<Leaf>; model: Map<number, number> }[] = [];
      for (const s of steps) {
        if (s.do === 'write') {
          tree.leafForWrite(s.key)[tree.slot(s.key)] = s.value;
          model.set(s.key, s.value);
        } else if (s.do === 'read') {
          expect(read(tree, s.key)).toBe(model.get(s.key) ?? 0);
        } else {
          roots.push({ root: tree.commit(new Edit()), model: new Map(model) });
        }
      }
      for (const [at, value] of model) expect(read(tree, at)).toBe(value);
      roots.push({ root: tree.commit(new Edit()), model });
      for (const then of roots) {
        expect(contentOf(then.root)).toEqual(new Map([...then.model].sort(([a], [b]) => a - b)));
      }
    }),
  );
});

it('goes on from a root without touching it', () => {
  fc.assert(
    fc.property(
      fc.array(write, { maxLength: 40 }),
      fc.array(write, { maxLength: 40 }),
      cache,
      (first, second, cached) => {
        const tree = new RadixTree<Leaf>(leafType, emptyRoot, new Edit(), cached);
        for (const w of first) tree.leafForWrite(w.key)[tree.slot(w.key)] = w.value;
        const root = tree.commit(new Edit());
        const before = contentOf(root);
        const later = new RadixTree<Leaf>(leafType, root, new Edit(), cached);
        for (const w of second) {
          read(later, w.key);
          later.leafForWrite(w.key)[later.slot(w.key)] = w.value;
        }
        const after = contentOf(later.commit(new Edit()));
        expect(contentOf(root)).toEqual(before);
        for (const w of second) before.set(w.key, w.value);
        expect(after).toEqual(new Map([...before].sort(([a], [b]) => a - b)));
      },
    ),
  );
});

it('finds every leaf that differs, and none that is shared', () => {
  fc.assert(
    fc.property(fc.array(write, { maxLength: 40 }), fc.array(write, { maxLength: 10 }), (first, second) => {
      const tree = new RadixTree<Leaf>(leafType, emptyRoot, new Edit());
      for (const w of first) tree.leafForWrite(w.key)[tree.slot(w.key)] = w.value;
      const a = tree.commit(new Edit());
      for (const w of second) tree.leafForWrite(w.key)[tree.slot(w.key)] = w.value;
      const b = tree.commit(new Edit());
      const visited: number[] = [];
      diffRoots(BITS, a, b, (_before, _after, leaf) => visited.push(leaf));
      expect(visited).toEqual([...new Set(second.map((w) => w.key - (w.key % SIZE)))].sort((x, y) => x - y));
    }),
  );
});
