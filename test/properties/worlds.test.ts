// SPDX-License-Identifier: GPL-2.0-or-later
/** Checkpoints, forks and keys of worlds, over random logs in which events fail, crash and name what is not there. */
import {
  coarseOf,
  createWorld,
  diffWorlds,
  emptyWorld,
  kernelOptions,
  LogReferenceError,
  Player,
  reduce,
  type World,
  worldKey,
} from '@specialbit/core';
import { applyTo, commitWorld, type Kernel, type KernelOptions, openWorld } from '@specialbit/core/kernel';
import type { LogEvent } from '@specialbit/events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkStructure } from './invariants.js';
import { LANES, laneOf } from './lanes.js';
import { runs } from './runs.js';
import { type Scenario, scenario } from './scenarios.js';
import { worldText } from './world-text.js';

interface Lane {
  readonly options: KernelOptions;
  readonly start: World;
  readonly text: (world: World) => string;
}

function prepare(arch: string, { header }: Scenario): Lane {
  const lane = laneOf(arch, header);
  const options = kernelOptions(lane);
  return { options, start: createWorld(lane), text: (world) => worldText(options.arch, world) };
}

/** What the event did, be it that it failed in one of the three ways. */
function tried(k: Kernel, event: LogEvent): unknown {
  try {
    return { ...applyTo(k, event) };
  } catch (error) {
    if (!(error instanceof LogReferenceError)) throw error;
    return error.message;
  }
}

/** Plays what can be played. */
function play(player: Player, events: readonly LogEvent[]): World {
  for (const event of events) {
    try {
      player.step(event);
    } catch (error) {
      if (!(error instanceof LogReferenceError)) throw error;
    }
  }
  return player.world();
}

describe.each(LANES)('%s', (arch) => {
  it('goes back to the world before, whatever an event did', () => {
    fc.assert(
      fc.property(scenario({ maxEvents: 40 }), fc.array(fc.nat(7), { minLength: 1, maxLength: 9 }), (s, how) => {
        const { options, start, text } = prepare(arch, s);
        const player = new Player(options, start, { freeze: true });
        const k = player.kernel;
        for (const [n, event] of s.events.entries()) {
          const way = how[n % how.length]!;
          // with and without a commit just before, in the middle, and just after
          const before = text((way & 1) === 0 ? commitWorld(k, { freeze: true }) : player.world());
          const outer = k.checkpoint();
          const said = tried(k, event);
          const between = (way & 2) === 0 ? undefined : commitWorld(k, { freeze: true });
          const left = between === undefined ? undefined : text(between);
          const inner = k.checkpoint();
          const next = s.events[(n + 1) % s.events.length]!;
          tried(k, next);
          if ((way & 4) === 0) k.rollback(inner);
          else k.release(inner);
          if ((way & 6) === 2) expect(text(commitWorld(k))).toBe(left);
          k.rollback(outer);
          expect(text(commitWorld(k, { freeze: true }))).toBe(before);
          expect(checkStructure(k)).toEqual([]);
          // the world that was committed in between stays what it was, and so does the outcome
          if (between !== undefined) expect(text(between)).toBe(left);
          const again = k.checkpoint();
          expect(tried(k, event)).toEqual(said);
          k.rollback(again);
          play(player, [event]);
        }
      }),
      runs(25),
    );
  });

  it('a fork of one event is a replay of all', () => {
    fc.assert(
      fc.property(scenario({ maxEvents: 40 }), (s) => {
        const { options, start, text } = prepare(arch, s);
        // one never commits, one with every event, and one is opened anew for every event
        const whole = new Player(options, start);
        const committing = new Player(options, start);
        let forked = start;
        for (const event of s.events) {
          play(whole, [event]);
          const world = play(committing, [event]);
          try {
            forked = reduce(options, forked, event).world;
          } catch (error) {
            if (!(error instanceof LogReferenceError)) throw error;
          }
          expect(text(forked)).toBe(text(world));
          expect(checkStructure(openWorld(options, forked))).toEqual([]);
        }
        expect(text(whole.world())).toBe(text(forked));
      }),
      runs(25),
    );
  });

  it('has the same key whatever things are called and numbered', () => {
    fc.assert(
      fc.property(scenario({ maxEvents: 40 }), fc.integer({ min: 1, max: 4 }), (s, detours) => {
        const { options, start } = prepare(arch, s);
        // a driver that takes the number of a page for its vm_pgoff makes it a part of the world
        const events = s.events.filter((event) => !(event.type === 'set_vm_pgoff' && event.self === true));
        const renamed = JSON.parse(
          JSON.stringify(events, (key, value) => (key === 'label' && !isFrame(value) ? `other ${value}` : value)),
        ) as LogEvent[];
        const detour = new Player(options, start);
        // numbers that are given out, and frames that are taken and given back
        for (let i = 0; i < detours; i++) {
          play(detour, [
            { type: 'mmap', mm: 0, label: 'x', pages: 3, prot: 3, flags: 0x22, pgoff: 0, ops: {} } as LogEvent,
            { type: 'access', mm: 0, op: 'write', at: { label: 'x', page: 1 } },
            { type: 'munmap', mm: 0, at: { label: 'x', page: 0 }, pages: 3 },
          ]);
        }
        const straight = new Player(options, start);
        const { arch: a } = options;
        for (const [n, event] of events.entries()) {
          const x = play(straight, [event]);
          const y = play(detour, [renamed[n]!]);
          expect(worldKey(a, y)).toBe(worldKey(a, x));
          if (coarseOf(x).processes[0] !== undefined) {
            expect(worldKey(a, y, { labels: true }) === worldKey(a, x, { labels: true })).toBe(false);
          }
        }
      }),
      runs(15),
    );
  });

  it('has another key when it is another world', () => {
    fc.assert(
      fc.property(scenario({ maxEvents: 40 }), (s) => {
        const { options, start } = prepare(arch, s);
        const player = new Player(options, start);
        const known = new Map<string, string>();
        for (const event of s.events) {
          const world = play(player, [event]);
          const key = worldKey(options.arch, world);
          const facts = factsOf(options, world);
          expect(known.get(key) ?? facts).toBe(facts);
          known.set(key, facts);
        }
      }),
      runs(25),
    );
  });
});

/** Labels of frames, which the machine has, as against those of mappings. */
function isFrame(label: string): boolean {
  return /^(P|R|H|D|Z|HZ|B)\d*$/.test(label);
}

/** What nobody would call a name: ranges, flags, counters, which pages are mapped and how often. */
function factsOf(options: KernelOptions, world: World): string {
  const { processes, pins } = coarseOf(world);
  const spaces = Object.values(processes).map(({ id, rss, locked_vm, brk, vmas }) => [
    [id, rss, locked_vm, brk],
    vmas.map(({ vm_start, vm_end, vm_flags, vm_pgoff }) => [vm_start, vm_end, vm_flags, vm_pgoff]),
  ]);
  const { ptes, frames } = diffWorlds(options.arch, emptyWorld, world);
  const counts = frames.map(({ after }) => after.slice(0, 3).join()).sort();
  return JSON.stringify([spaces, pins.length, ptes.map(({ mm, level, vpn }) => [mm, level, vpn]), counts]);
}
