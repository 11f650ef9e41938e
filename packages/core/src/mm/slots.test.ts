// SPDX-License-Identifier: GPL-2.0-or-later
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Leaf, RadixNode } from './radix.js';
import { emptySlots, SLOT_LEAF_BITS, type SlotLeaf, Slots, type SlotsRoot, slotEntries } from './slots.js';

/** How many nodes and leaves a root holds. */
function sizeOf({ tree }: SlotsRoot<number>): number {
  const count = (node: RadixNode<SlotLeaf<number>> | Leaf<SlotLeaf<number>> | undefined, height: number): number => {
    if (node === undefined) return 0;
    if (height === 0) return 1;
    return (node as RadixNode<SlotLeaf<number>>).slots.reduce((sum, child) => sum + count(child, height - 1), 1);
  };
  return count(tree.node, tree.height);
}

it('forgets what held numbers that are gone', () => {
  const slots = new Slots<number>(emptySlots);
  for (let id = 1; id <= 100_000; id++) {
    slots.set(id, id);
    if (id > 100) slots.set(id - 100, undefined);
    if (id % 1000 === 0) slots.commit();
  }
  const root = slots.commit();
  expect(root.size).toBe(100);
  expect(sizeOf(root)).toBeLessThan(100 / 2 ** SLOT_LEAF_BITS + 10);
});

it('holds what was set last, and roots stay what they are', () => {
  const write = fc.record({ key: fc.oneof(fc.nat(20), fc.nat(5000)), value: fc.option(fc.nat(9), { nil: undefined }) });
  fc.assert(
    fc.property(fc.array(fc.array(write, { maxLength: 40 }), { maxLength: 4 }), (batches) => {
      const slots = new Slots<number>(emptySlots);
      const wanted = new Map<number, number>();
      const roots: (readonly [SlotsRoot<number>, [number, number][]])[] = [];
      for (const batch of batches) {
        for (const { key, value } of batch) {
          expect(slots.set(key, value)).toBe(wanted.get(key));
          if (value === undefined) wanted.delete(key);
          else wanted.set(key, value);
        }
        roots.push([slots.commit(), [...wanted].sort(([a], [b]) => a - b)]);
        expect(slots.size).toBe(wanted.size);
      }
      for (const [root, content] of roots) expect(slotEntries(root)).toEqual(content);
    }),
  );
});
