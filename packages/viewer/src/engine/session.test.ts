// SPDX-License-Identifier: GPL-2.0-or-later
import { expect, it } from 'vitest';
import { LogText } from './log-text.js';
import { Session } from './session.js';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Long enough that its events are packed. */
const LONG = `{"specialbit":1}
{"type":"mmap","label":"heap","pages":64,"prot":"rw"}
${Array.from({ length: 90_000 }, (_, i) => `{"type":"write","at":"heap[${i % 64}]","value":${i % 251}}\n`).join('')}`;

it('a long log that is edited at its end is not played again, and shows the edit', () => {
  const first = Session.open('x', utf8(LONG), ['x86_64'], null);
  expect(first.length).toBe(90_001);
  first.lanes[0]!.at(90_000);
  const text = `${LONG.slice(0, LONG.lastIndexOf('{'))}{"type":"munmap","at":"heap","pages":64}\n`;
  const second = Session.open('x', utf8(text), ['x86_64'], { session: first, bytes: utf8(LONG) });
  // the worlds that the other one left are there
  expect(second.lanes[0]!.timeline.at(84_992)).toBe(first.lanes[0]!.timeline.at(84_992));
  expect(second.lanes[0]!.at(90_001).diff.gone).toEqual([]);
  expect([...second.lanes[0]!.at(90_001).kernel.mms.get(0)!.vmas]).toEqual([]);
  expect([...first.lanes[0]!.at(90_001).kernel.mms.get(0)!.vmas]).toHaveLength(1);
});

it.each([0, 1e9])('a text is what it was, packed (from %i bytes on) or not', async (long) => {
  const log = `\ufeff${LONG}`;
  const text = new LogText(utf8(log), long);
  let times = 0;
  while (await text.pack()) {
    times++;
    // in between as well
    if (times === 3) expect(await text.text()).toBe(log);
  }
  expect(times > 3).toBe(long === 0);
  expect(await text.text()).toBe(log);
  expect(await text.pack()).toBe(false);
});
