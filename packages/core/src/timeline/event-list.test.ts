// SPDX-License-Identifier: GPL-2.0-or-later
import { type LogEvent, parseLog } from '@specialbit/events';
import { expect, it } from 'vitest';
import { laneOf, withBit } from '../toy-lanes.testkit.js';
import { processOf, vmasOf } from '../world/world.js';
import { type EventList, SplicedEvents } from './event-list.js';
import { Timeline } from './timeline.js';

const { events } = parseLog(`{"specialbit":1}
{"type":"mmap","label":"a","pages":2,"prot":"rw"}
{"type":"write","at":"gone"}
{"type":"write","at":"a"}
`);

class Lenient implements EventList {
  readonly told: [number, string][] = [];
  readonly length = events.length;

  get(index: number): LogEvent {
    return events[index]!;
  }

  lost(index: number, error: Error): void {
    this.told.push([index, error.message]);
  }
}

it('hears once of an event that names what does not exist, which is then left out', () => {
  const list = new Lenient();
  const timeline = new Timeline(laneOf(withBit), list, { every: 2 });
  expect(processOf(timeline.at(3), 0)!.rss.reduce((a, b) => a + b)).toBe(1);
  expect(timeline.diff(1, 2)).toMatchObject({ ptes: [], frames: [], rss: [] });
  expect(timeline.outcome(1)).toMatchObject({ ret: 0, messages: [] });
  expect(timeline.at(2)).toBeDefined();
  expect(list.told).toEqual([[1, expect.stringMatching(/^no such mapping: gone/)]]);
});

it('a list that does not listen gets an error, with the event', () => {
  const timeline = new Timeline(laneOf(withBit), events);
  expect(() => timeline.at(3)).toThrow(/^event 2: no such mapping: gone/);
  expect(timeline.at(1)).toBeDefined();
});

it('what another course of events names and does not have is told to the same listener', () => {
  const list = new Lenient();
  const timeline = new Timeline(laneOf(withBit), new SplicedEvents(list, 0, 1, []));
  expect(vmasOf(processOf(timeline.at(2), 0)!)).toEqual([]);
  expect(list.told.map(([index]) => index)).toEqual([0, 1]);
});
