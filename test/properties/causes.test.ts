// SPDX-License-Identifier: GPL-2.0-or-later
import { Comparison, type Divergence, EventError, findProfile, type NamedLane } from '@specialbit/core';
import type { LogEvent } from '@specialbit/events';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { differs, intervene } from './intervention.testkit.js';
import { laneOf } from './lanes.js';
import { runs } from './runs.js';
import { type Scenario, scenario } from './scenarios.js';

const ARCHITECTURES = [
  'x86_64',
  'arm',
  'riscv64',
  'm68k',
  'x86_64-swap',
  'arm64',
  'i386',
  's390x',
  'sparc64',
  'mips32r2',
];
const KERNELS = ['6.1', '6.12', '6.18', '7.1', '7.3'];

const lane = fc.tuple(fc.constantFrom(...ARCHITECTURES), fc.constantFrom(...KERNELS));

type Lanes = readonly [readonly [string, string], readonly [string, string]];

/** Two lanes: as often as not of one architecture on two kernels. */
const pair: fc.Arbitrary<Lanes> = fc
  .tuple(lane, lane, fc.nat(2))
  .map(([a, b, how]): Lanes => [a, how === 0 ? b : how === 1 ? [a[0], b[1]] : [b[0], a[1]]])
  .filter(([a, b]) => a[0] !== b[0] || a[1] !== b[1]);

function namedLanes(names: Lanes, { header }: Scenario): NamedLane[] {
  return names.map(([arch, kernel]) => ({
    name: `${arch}@${kernel}`,
    options: laneOf(arch!, header, { profile: findProfile(kernel!)! }),
  }));
}

/** The divergences of what the lanes can carry out, and that. */
function compared(lanes: readonly NamedLane[], s: Scenario): { events: LogEvent[]; divergences: Divergence[] } {
  const comparison = new Comparison(lanes, { keep: 40 });
  const events: LogEvent[] = [];
  for (const event of s.events) {
    try {
      comparison.step(event);
      events.push(event);
    } catch (error) {
      if (!(error instanceof EventError)) throw error;
    }
  }
  return { events, divergences: comparison.divergences.filter(({ minor }) => !minor) };
}

/** How many divergences had which proof, and how many of their parts the second look saw. */
const counted: Record<string, number> = {};

function count(name: string): void {
  counted[name] = (counted[name] ?? 0) + 1;
}

it('confirms every cause that a comparison names, and everything that is said to follow', () => {
  fc.assert(
    fc.property(pair, scenario({ maxEvents: 60 }), (names, s) => {
      const lanes = namedLanes(names, s);
      const { events, divergences } = compared(lanes, s);
      count('pairs');
      if (divergences.length > 0) count('pairs that part');
      for (const d of divergences) {
        count(d.proof);
        if (
          (d.proof === 'not found' || d.causes.some((c) => c.traits.some((t) => t.name === 'entry_format'))) &&
          process.env.CAUSES_SHOW !== undefined
        )
          show(d, names);
        if (d.causes.length !== 1) continue;
        const cause = d.causes[0]!;
        if (d.proof === 'proved') for (const { name } of cause.traits) count(`by ${name}`);
        const healed = d.healed.map((n) => n - 1);
        const at = cause.scope === 'log' ? 'all' : d.proof === 'proved' ? [...healed, d.index] : healed;
        const after = intervene(lanes, cause, events, d.index, at);
        for (const part of d.parts) {
          const apart = differs(part, after);
          count(apart === undefined ? 'parts not looked at' : 'parts looked at');
          expect(apart === true ? `${d.number} ${JSON.stringify(part)} ${d.cause}` : '').toBe('');
        }
      }
    }),
    runs(40),
  );
  if (process.env.CAUSES_SHOW !== undefined) console.log(counted);
  expect(counted['parts looked at']).toBeGreaterThan(0);
});

function show(d: Divergence, names: Lanes): void {
  console.log(names.join(' | '), d.number, JSON.stringify(d.event), JSON.stringify(d.parts.slice(0, 3)), d.cause);
}
