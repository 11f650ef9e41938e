// SPDX-License-Identifier: GPL-2.0-or-later
import {
  createWorld,
  diffWorlds,
  emptyWorld,
  kernelOptions,
  LogReferenceError,
  MM_COUNTER_NAMES,
  processOf,
  reduce,
  Timeline,
  type TimelineMoment,
  type World,
  type WorldDiff,
} from '@specialbit/core';
import { applyTo, F, type KernelOptions, openWorld } from '@specialbit/core/kernel';
import type { LogEvent } from '@specialbit/events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LANES, laneOf } from './lanes.js';
import { runs } from './runs.js';
import { type Scenario, scenario } from './scenarios.js';
import { worldText } from './world-text.js';

/** The events that name only what exists: a timeline refuses the others. */
function resolvable(options: KernelOptions, start: World, events: readonly LogEvent[]): LogEvent[] {
  let world = start;
  return events.filter((event) => {
    try {
      world = reduce(options, world, event).world;
      return true;
    } catch (error) {
      if (error instanceof LogReferenceError) return false;
      throw error;
    }
  });
}

/** Worlds after each event, one reduction after the other. */
function straight(options: KernelOptions, start: World, events: readonly LogEvent[]): World[] {
  const worlds = [start];
  for (const event of events) worlds.push(reduce(options, worlds[worlds.length - 1]!, event).world);
  return worlds;
}

function prepare(
  arch: string,
  s: Scenario,
): { options: KernelOptions; start: World; events: LogEvent[]; worlds: World[] } {
  const lane = laneOf(arch, s.header);
  const options = kernelOptions(lane);
  const start = createWorld(lane);
  const events = resolvable(options, start, s.events);
  return { options, start, events, worlds: straight(options, start, events) };
}

const positions = fc.array(fc.nat(200), { minLength: 1, maxLength: 12 });
const every = fc.constantFrom(1, 4, 16, 64, 4096);

describe.each(LANES)('%s', (arch) => {
  it('seeks to the worlds of a straight replay, in any order, and they never change', () => {
    fc.assert(
      fc.property(scenario(), positions, every, (s, seeks, k) => {
        const { options, start, events, worlds } = prepare(arch, s);
        const text = (world: World): string => worldText(options.arch, world);
        const expected = worlds.map(text);
        const timeline = new Timeline({ options, world: start }, events, { every: k, freeze: true });
        const seen: [number, World][] = [];
        for (const seek of seeks) {
          const n = seek % (events.length + 1);
          for (const at of [n, n - 1, n - 2, n + 1]) {
            if (at < 0 || at > events.length) continue;
            const world = timeline.at(at);
            expect(text(world)).toBe(expected[at]);
            seen.push([at, world]);
          }
        }
        for (const [n, world] of seen) expect(text(world)).toBe(expected[n]);
        expect(worlds.map(text)).toEqual(expected);
      }),
      runs(20),
    );
  });

  it('branches share the past and have a future of their own', () => {
    fc.assert(
      fc.property(
        scenario({ maxEvents: 40 }),
        scenario({ maxEvents: 5 }),
        fc.nat(),
        fc.nat(2),
        every,
        (s, other, where, how, k) => {
          const { options, start, events, worlds } = prepare(arch, s);
          const text = (world: World): string => worldText(options.arch, world);
          const timeline = new Timeline({ options, world: start }, events, { every: k, freeze: true });
          timeline.at(events.length);
          const index = where % (events.length + 1);
          const removed = how === 0 ? 0 : Math.min(how, events.length - index);
          const inserted = how === 2 ? [] : other.events.slice(0, how === 1 ? 1 : undefined);
          if (how === 1 && (removed === 0 || inserted.length === 0)) return;
          const edit = how === 0 ? { insert: inserted } : how === 1 ? { replace: inserted[0]! } : { remove: removed };
          const changed = [...events.slice(0, index), ...inserted, ...events.slice(index + removed)];
          const fine = resolvable(options, start, changed);
          const branch = timeline.branch(index, edit);
          expect(branch.length).toBe(changed.length);
          expect(changed.map((_, i) => branch.event(i))).toEqual(changed);
          for (let n = 0; n <= index; n++) expect(text(branch.at(n))).toBe(text(worlds[n]!));
          if (fine.length === changed.length) {
            const expected = straight(options, start, changed);
            for (let n = changed.length; n >= 0; n--) expect(text(branch.at(n))).toBe(text(expected[n]!));
          }
          // and the timeline that was left is as it was
          expect(text(timeline.at(events.length))).toBe(text(worlds[events.length]!));
        },
      ),
      runs(20),
    );
  });

  it('gives differences that are what changed, and nothing else', () => {
    fc.assert(
      fc.property(scenario(), fc.nat(), fc.nat(), (s, x, y) => {
        const { options, start, events, worlds } = prepare(arch, s);
        const timeline = new Timeline({ options, world: start }, events, { every: 16, freeze: true });
        const [a, b] = [x % (events.length + 1), y % (events.length + 1)];
        const state = (world: World): Map<string, string> => facts(diffWorlds(options.arch, emptyWorld, world));
        const before = state(worlds[a]!);
        const after = state(worlds[b]!);
        const changes = timeline.diff(a, b);
        for (const { mm, vpn } of changes.ptes) change(before, after, `pte ${mm}/${vpn}`);
        for (const { pfn } of changes.frames) change(before, after, `frame ${pfn}`);
        for (const { mm, counter } of changes.rss) change(before, after, `rss ${mm}/${counter}`);
        for (const { mm, before: old, after: now } of changes.vmas)
          change(before, after, `vma ${mm}/${(old ?? now)!.id}`);
        expect(Object.fromEntries(before)).toEqual(Object.fromEntries(after));
      }),
      runs(20),
    );
  });

  it('knows who wrote last', () => {
    fc.assert(
      fc.property(scenario(), fc.nat(), every, (s, where, k) => {
        const { options, start, events, worlds } = prepare(arch, s);
        const timeline = new Timeline({ options, world: start }, events, { every: k, freeze: true });
        const n = where % (events.length + 1);
        // what each event changed, by differences; the last one wins
        const last = new Map<string, number>();
        for (let i = 0; i < n; i++) {
          const d = diffWorlds(options.arch, worlds[i]!, worlds[i + 1]!);
          for (const { mm, vpn } of d.ptes) last.set(`pte ${mm}/${vpn}`, i);
          for (const { pfn, before, after } of d.frames)
            if (before[F.count] !== after[F.count]) last.set(`frame ${pfn}`, i);
          for (const { mm, counter } of d.rss) last.set(`rss ${mm}/${counter}`, i);
        }
        for (const [what, index] of last) {
          const [kind, key] = what.split(' ') as [string, string];
          const [x, y] = key.split('/').map(Number) as [number, number];
          const target =
            kind === 'pte'
              ? { pte: { mm: x, vpn: y } }
              : kind === 'frame'
                ? { frame: x, field: 'count' as const }
                : { counter: { mm: x, counter: y } };
          expect([what, timeline.lastWriter(target, n)?.index]).toEqual([what, index]);
        }
      }),
      runs(12),
    );
  });

  it('finds moments in both directions', () => {
    fc.assert(
      fc.property(scenario(), fc.nat(), fc.nat(3), every, (s, where, counter, k) => {
        const { options, start, events, worlds } = prepare(arch, s);
        const timeline = new Timeline({ options, world: start }, events, { every: k, freeze: true });
        const from = where % (events.length + 1);
        const holds = (world: World): boolean => (processOf(world, 0)?.rss[counter] ?? 0) > 1;
        const next = worlds.findIndex((world, n) => n > from && holds(world));
        let previous = -1;
        for (let n = 0; n < from; n++) if (holds(worlds[n]!)) previous = n;
        const live = (m: TimelineMoment): boolean => (m.kernel.mms.get(0)?.rss[counter] ?? 0) > 1;
        expect(timeline.find(live, from)).toBe(next < 0 ? undefined : next);
        expect(timeline.find(({ world }) => holds(world()), from, 'backward')).toBe(
          previous < 0 ? undefined : previous,
        );
      }),
      runs(12),
    );
  });

  it('tells of each event what it returned', () => {
    fc.assert(
      fc.property(scenario({ maxEvents: 40 }), fc.array(fc.nat(), { maxLength: 8 }), (s, picks) => {
        const { options, start, events, worlds } = prepare(arch, s);
        const timeline = new Timeline({ options, world: start }, events, { every: 16, freeze: true });
        for (const pick of picks) {
          const index = pick % events.length;
          expect(timeline.outcome(index)).toEqual(applyTo(openWorld(options, worlds[index]!), events[index]!));
        }
      }),
      runs(12),
    );
  });
});

/** Everything of a world as texts, by what it is about. */
function facts(d: WorldDiff): Map<string, string> {
  const all = new Map<string, string>();
  for (const { mm, vpn, after } of d.ptes) all.set(`pte ${mm}/${vpn}`, `${after.hi}:${after.lo}`);
  for (const { pfn, after } of d.frames) all.set(`frame ${pfn}`, after.join(','));
  for (const { mm, counter, after } of d.rss) all.set(`rss ${mm}/${counter}`, `${MM_COUNTER_NAMES[counter]} ${after}`);
  for (const { mm, after } of d.vmas) all.set(`vma ${mm}/${after!.id}`, JSON.stringify(after));
  return all;
}

/** Carries one fact over; it must have changed. */
function change(before: Map<string, string>, after: Map<string, string>, key: string): void {
  expect([key, before.get(key)]).not.toEqual([key, after.get(key)]);
  const now = after.get(key);
  if (now === undefined) before.delete(key);
  else before.set(key, now);
}
