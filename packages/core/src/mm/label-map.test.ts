// SPDX-License-Identifier: GPL-2.0-or-later
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LabelMap } from './label-map.js';

const NAME = fc.oneof(
  fc.constantFrom('a', 'b', '__proto__'),
  fc.integer({ min: 0, max: 300 }).map((n) => `v${n}`),
);

it('is a map, whose older states stay what they are', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(NAME, fc.option(fc.nat(1000))), { maxLength: 400 }), (changes) => {
      const plain = new Map<string, number>();
      let map = LabelMap.empty;
      const states: [LabelMap, [string, number][]][] = [];
      for (const [name, vpn] of changes) {
        if (vpn === null) {
          map = map.delete(name);
          plain.delete(name);
        } else {
          map = map.set(name, vpn, 4);
          plain.set(name, vpn);
        }
        states.push([map, [...plain]]);
      }
      for (const [state, entries] of states.slice(-20)) {
        expect(Object.entries(state.toObject())).toEqual(entries);
        for (const [name, vpn] of entries) expect(state.get(name)).toBe(vpn);
        expect(state.get('nothing')).toBeUndefined();
      }
    }),
  );
});

it('finds the newest label of a page among thousands, and grows it', () => {
  let map = LabelMap.empty;
  for (let i = 0; i < 5000; i++) map = map.set(`v${i}`, 8 * i, 8);
  map = map.set('over', 8 * 77 + 2, 4);
  expect(map.at(8 * 77 + 3)).toEqual({ name: 'over', page: 1 });
  expect(map.at(8 * 78)).toEqual({ name: 'v78', page: 0 });
  const grown = map.grow(40_000, 40_010);
  expect(grown.at(40_009)).toEqual({ name: 'v4999', page: 17 });
  expect(map.at(40_009)).toBeUndefined();
});
