// SPDX-License-Identifier: GPL-2.0-or-later
import { expect, test } from 'vitest';
import { Divergences } from '../step/divergences.js';
import { openingMoment } from './opening.js';
import { FORKS, historyOf, loadText } from './small-log.testkit.js';

function opening(text: string): number {
  const log = loadText(text);
  const lanes = [historyOf(log)];
  const work = openingMoment(log, new Divergences(log, lanes), lanes);
  for (let step = work.next(); ; step = work.next()) if (step.done === true) return step.value;
}

const EXPECTING = `{"specialbit":1}
{"type":"mmap","label":"heap","pages":1,"prot":"rw"}
{"type":"write","at":"heap","value":1}
{"type":"expect","at":"heap","pte":"P????"}
`;

test.each([
  ['at what is refused', FORKS, 8],
  ['at the last event that does something', EXPECTING, 2],
  ['before what names nothing', `${EXPECTING}{"type":"write","at":"stack"}\n`, 2],
  ['where something is still mapped', `${EXPECTING}{"type":"munmap","at":"heap","pages":1}\n{"type":"exit"}\n`, 2],
  ['at the start of nothing', '{"specialbit":1}\n', 0],
  ['at the end of what never maps anything', '{"specialbit":1}\n{"type":"exit"}\n', 1],
])('%s', (_, text, n) => {
  expect(opening(text)).toBe(n);
});
