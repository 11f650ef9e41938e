// SPDX-License-Identifier: GPL-2.0-or-later
import { expect, test } from 'vitest';
import { parseCondition } from './condition.js';
import { search } from './search.js';
import { FORKS, historyOf, LINEAR_RULE, loadText } from './small-log.testkit.js';

function find(text: string, condition: string, from: number, direction: 'forward' | 'backward' = 'forward') {
  const log = loadText(text);
  const history = historyOf(log);
  const work = search(history, parseCondition(condition, history.at(from).kernel, log), from, direction);
  for (let step = work.next(); ; step = work.next()) if (step.done === true) return step.value;
}

test.each([
  ['fork', 0, 4],
  ['write heap', 0, 2],
  ['write heap', 2, 3],
  ['signal', 0, 8],
  ['error', 0, 8],
  ['heap[0] present', 0, 2],
  ['heap[0] not write', 2, 4],
  ['heap[1] changed', 2, 3],
  ['heap[1] changed', 3, 4],
  ['1:rss = 2', 0, 4],
  ['1:rss changed', 4, 6],
  ['A1.refcount >= 2', 0, 4],
  ['heap[0] = A1', 0, 2],
  ['heap[0] none', 2, 7],
  ['message', 0, undefined],
])('forwards: %s from %i', (condition, from, found) => {
  expect(find(FORKS, condition, from)).toBe(found);
});

test.each([
  ['write', 8, 5],
  ['write', 5, 3],
  ['heap[0] present', 8, 2],
  ['A1.refcount >= 2', 8, 4],
  ['write', 2, undefined],
])('backwards: %s from %i', (condition, from, found) => {
  expect(find(FORKS, condition, from, 'backward')).toBe(found);
});

test('A mapping that comes later can be waited for, another one cannot', () => {
  expect(find(LINEAR_RULE, 'map[1] page', 0)).toBe(2);
  expect(() => find(LINEAR_RULE, 'mop[1] page', 0)).toThrow('no such mapping');
  expect(() => find(LINEAR_RULE, 'map[1] > D0', 0)).toThrow('expected a number after >');
  expect(() => find(LINEAR_RULE, ' ', 0)).toThrow('expected a condition');
});
