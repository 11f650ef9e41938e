// SPDX-License-Identifier: GPL-2.0-or-later
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { IdList } from './id-list.js';

const ID = fc.nat(150);
const change = fc.oneof(fc.record({ push: ID }), fc.record({ remove: ID }), fc.record({ after: ID, id: ID }));

it('is a list without a number twice, whose older states stay what they are', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 500 }), (changes) => {
      let list = IdList.empty;
      let plain: number[] = [];
      const states: [IdList, number[]][] = [];
      for (const one of changes) {
        if ('remove' in one) {
          list = list.remove(one.remove);
          plain = plain.filter((id) => id !== one.remove);
        } else if ('push' in one && !plain.includes(one.push)) {
          list = list.push(one.push);
          plain = [...plain, one.push];
        } else if ('after' in one && !plain.includes(one.id)) {
          list = list.insertAfter(one.after, one.id);
          const at = plain.includes(one.after) ? plain.indexOf(one.after) + 1 : plain.length;
          plain = plain.toSpliced(at, 0, one.id);
        }
        states.push([list, plain]);
      }
      for (const [state, ids] of states.slice(-30)) {
        expect([...state]).toEqual(ids);
        expect(state.length).toBe(ids.length);
      }
      expect([...IdList.of(plain)]).toEqual(plain);
    }),
  );
});
