// SPDX-License-Identifier: GPL-2.0-or-later
import { LogError } from '@specialbit/events';
import { expect, it } from 'vitest';
import { eventsBefore, eventsOf } from './events-of.js';

const BYTES = new TextEncoder().encode(`{"specialbit":1}
# a comment
{"type":"mmap","label":"a","pages":4,"prot":"rw"}
{"type":"write","at":"a"}

{"type":"raed","at":"a"}
{"type":"exit"}
{"type":"read","at":"a[1]"}
`);
const check = (event: { readonly type: string }, line: number): LogError[] =>
  event.type === 'exit'
    ? [new LogError({ file: 'x', line, code: 'field-invalid', expected: 'none', found: 'an exit' })]
    : [];

it('events are the same whether they are packed or not', () => {
  const [plain, packed] = [1000, 0].map((long) => eventsOf('x', BYTES, check, long)) as [
    ReturnType<typeof eventsOf>,
    ReturnType<typeof eventsOf>,
  ];
  expect(packed.events).not.toBeInstanceOf(Array);
  expect([...packed.events]).toEqual([...plain.events]);
  expect(packed.header).toEqual(plain.header);
  expect(packed.errors.map(String).sort()).toEqual(plain.errors.map(String).sort());
  for (const { events } of [plain, packed]) {
    expect(events.length).toBe(4);
    expect(events.at(1)).toMatchObject({ number: 2, line: 4 });
    expect(events.at(4)).toBe(undefined);
    expect(events.slice(1, 3).map(({ number }) => number)).toEqual([2, 3]);
    for (const [line, length] of [
      [1, 0],
      [3, 0],
      [4, 1],
      [6, 2],
      [8, 3],
      [9, 4],
    ] as const)
      expect(eventsBefore(events, line).length).toBe(length);
    expect([...eventsBefore(events, 6)].map(({ line }) => line)).toEqual([3, 4]);
  }
});
