// SPDX-License-Identifier: GPL-2.0-or-later
import { expect, test } from 'vitest';
import { FORKS, historyOf, loadText } from './small-log.testkit.js';
import { parseSubject } from './subject.js';
import { searchTouching } from './touching.js';

function find(subject: string, n: number, direction: 'forward' | 'backward'): number | undefined {
  const work = searchTouching(historyOf(loadText(FORKS)), parseSubject(subject), n, direction);
  for (let step = work.next(); ; step = work.next()) if (step.done === true) return step.value;
}

test.each([
  // mmap makes it, the write changes it, fork copies it, and MADV_DONTNEED takes it away
  ['heap[0]', [1, 2, 4, 7]],
  ['heap[1]', [1, 3, 4, 7]],
  // another process has its own entry
  ['1:heap[0]', [4, 5, 6]],
  ['nothing[0]', []],
])('%s', (subject, touched) => {
  const forward: number[] = [];
  for (let n = find(subject, 0, 'forward'); n !== undefined; n = find(subject, n, 'forward')) forward.push(n);
  const backward: number[] = [];
  for (let n = find(subject, 9, 'backward'); n !== undefined; n = find(subject, n, 'backward')) backward.push(n);
  expect(forward).toEqual(touched);
  expect(backward.reverse()).toEqual(touched);
});
