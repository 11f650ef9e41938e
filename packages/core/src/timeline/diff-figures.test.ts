// SPDX-License-Identifier: GPL-2.0-or-later
import { parseLog } from '@specialbit/events';
import { expect, it } from 'vitest';
import { laneOf, withBit } from '../toy-lanes.testkit.js';
import { Timeline } from './timeline.js';

const { events } = parseLog(`{"specialbit":1}
{"type":"execve","mm":1,"start_brk":"0x500000","start_stack":"0x7ffff000","comm":"cat"}
{"type":"brk","mm":1,"brk":"0x502000"}
{"type":"mmap","mm":1,"label":"a","pages":4,"prot":"rw"}
{"type":"mlock","mm":1,"at":"a","pages":4}
{"type":"pin_user_pages","mm":1,"at":"a","pages":2,"write":true,"hold":true}
{"type":"exit","mm":1}`);

it('tells every figure that changed, and no other', () => {
  const timeline = new Timeline({ ...laneOf(withBit), mms: [] }, events);
  const figures = (from: number, to: number): unknown[] =>
    timeline.diff(from, to).figures.map(({ mm, figure, before, after }) => [mm, figure, before, after]);
  expect(figures(0, 1)).toEqual([
    [1, 'start_brk', 0, 0x500000],
    [1, 'brk', 0, 0x500000],
    [1, 'start_stack', 0, 0x7ffff000],
    [1, 'comm', '', 'cat'],
  ]);
  expect(figures(1, 2)).toEqual([[1, 'brk', 0x500000, 0x502000]]);
  expect(figures(2, 3)).toEqual([]);
  expect(figures(3, 4)).toEqual([[1, 'locked_vm', 0, 4]]);
  expect(figures(4, 5)).toEqual([
    [1, 'has_pinned', false, true],
    [null, 'pinned', 0, 2],
  ]);
  expect(figures(5, 4)).toEqual([
    [1, 'has_pinned', true, false],
    [null, 'pinned', 2, 0],
  ]);
  expect(timeline.diff(3, 4).rss).toEqual([{ mm: 1, counter: 1, before: 0, after: 4 }]);
  expect(timeline.diff(3, 6)).toMatchObject({ gone: [1], rss: [] });
});
