// SPDX-License-Identifier: GPL-2.0-or-later
import { expect, it } from 'vitest';
import { Journey, type Way } from './journey.js';

it.each<[string, readonly (readonly [Way, number])[], readonly boolean[]]>([
  [
    'a run of steps has one entry',
    [
      ['step', 0],
      ['step', 300],
      ['step', 1700],
    ],
    [true, false, false],
  ],
  [
    'steps after a rest begin another',
    [
      ['step', 0],
      ['step', 2000],
    ],
    [true, true],
  ],
  [
    'each jump has its own',
    [
      ['jump', 0],
      ['jump', 1],
    ],
    [true, true],
  ],
  [
    'steps behind a jump have one',
    [
      ['jump', 0],
      ['step', 1],
      ['step', 2],
    ],
    [true, true, false],
  ],
  [
    'edits and steps are apart',
    [
      ['edit', 0],
      ['edit', 1],
      ['step', 2],
      ['edit', 3],
    ],
    [true, false, true, true],
  ],
])('%s', (_, ways, own) => {
  const journey = new Journey();
  expect(
    ways.map(([way, now]) => {
      journey.go(way, now);
      return journey.take();
    }),
  ).toEqual(own);
});
