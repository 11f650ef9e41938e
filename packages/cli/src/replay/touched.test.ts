// SPDX-License-Identifier: GPL-2.0-or-later

import { LanePlayer } from '@specialbit/view';
import { expect, test } from 'vitest';
import { lanesOf } from '../log/lane.js';
import { loadText } from '../time/small-log.testkit.js';

/** What each event did to VMAs, in words. */
function changes(...events: readonly object[]): string[][] {
  const text = [{ specialbit: 1, files: { dev: 'device' } }, ...events].map((line) => JSON.stringify(line)).join('\n');
  const { file, header, events: numbered } = loadText(`${text}\n`);
  const [lane] = lanesOf(file, header, ['x86_64'], [], undefined);
  const player = new LanePlayer(lane!, true);
  return numbered.map(({ event }) => player.step(event).touched!.vmas.map(({ vma, what }) => `${vma}: ${what.join()}`));
}

const HEAP = {
  type: 'mmap',
  label: 'heap',
  at: '0x10000000',
  pages: 4,
  prot: 'rw',
  flags: 'MAP_PRIVATE|MAP_FIXED|MAP_ANONYMOUS',
};

test('what is cut out of a mapping is named, and nothing else is called unmapped', () => {
  const [, cut] = changes(HEAP, { type: 'munmap', at: 'heap[1]', pages: 1 });
  expect(cut).toEqual([
    'heap: split off as 10000000-10001000 rw-p',
    'heap[1]: unmapped from 10001000-10002000',
    'heap[2]: split off as 10002000-10004000 rw-p',
  ]);
});

test('what a neighbour grew over has merged into it', () => {
  const mprotect = (prot: string): object => ({ type: 'mprotect', at: 'heap[1]', pages: 1, prot });
  const [, , merged] = changes(HEAP, mprotect('r'), mprotect('rw'));
  expect(merged).toContain('heap[1]: 10001000-10002000 merged into heap');
});

test('what is mapped over something else is mapped, and the other one unmapped', () => {
  const [, over] = changes(HEAP, {
    type: 'mmap',
    label: 'over',
    at: '0x10001000',
    pages: 1,
    prot: 'rw',
    file: 'dev',
    flags: 'MAP_SHARED|MAP_FIXED',
  });
  expect(over).toEqual(
    expect.arrayContaining(['heap[1]: unmapped from 10001000-10002000', 'over: mapped at 10001000-10002000 rw-s']),
  );
});
