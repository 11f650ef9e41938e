// SPDX-License-Identifier: GPL-2.0-or-later
import { Comparison, type Divergence, defaultContent, EventError, type NamedLane } from '@specialbit/core';
import type { LogEvent, LogHeader, MachineSpec } from '@specialbit/events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LANES, laneOf } from './lanes.js';
import { runs } from './runs.js';
import { type Scenario, scenario } from './scenarios.js';

/** Runs what the lanes can carry out, and returns the divergences. */
function compare(lanes: readonly NamedLane[], s: Scenario, each: (c: Comparison) => void = () => {}): Comparison {
  const comparison = new Comparison(lanes, { keep: 200 });
  for (const event of s.events) {
    try {
      comparison.step(event);
    } catch (error) {
      if (!(error instanceof EventError)) throw error;
    }
    each(comparison);
  }
  return comparison;
}

/** All frames elsewhere: another place of RAM, other pfns for every label. */
function moved(machine: MachineSpec, by: number): MachineSpec {
  const frames = Object.fromEntries(Object.entries(machine.frames).map(([label, pfn]) => [label, pfn + by]));
  return {
    ram: machine.ram.map(([start, end]) => [start + by, end + by] as const),
    highest_memmap_pfn: machine.highest_memmap_pfn + by,
    zero_pfn: machine.zero_pfn + by,
    zero_pages: machine.zero_pages,
    frames,
  };
}

function lane(name: string, arch: string, header: LogHeader): NamedLane {
  return { name, options: laneOf(arch, header) };
}

function describeFirst(c: Comparison): string {
  const first = c.divergences.find((d: Divergence) => !d.minor);
  return first === undefined ? '' : `${c.verdict()}\n${first.cause}\n${JSON.stringify(first.parts)}`;
}

describe.each(LANES)('%s', (arch) => {
  it('agrees with itself', () => {
    fc.assert(
      fc.property(scenario(), (s) => {
        const c = compare([lane('a', arch, s.header), lane('b', arch, s.header), lane('c', arch, s.header)], s);
        expect(describeFirst(c)).toBe('');
        expect(c.minorCount).toBe(0);
      }),
      runs(30),
    );
  });

  it('agrees with itself on a machine whose frames are elsewhere', () => {
    fc.assert(
      fc.property(scenario({ wellBehaved: true }), (s) => {
        const here = laneOf(arch, s.header);
        const machine = moved(here.machine, 0x11000);
        const there = { ...here, machine, content: defaultContent(machine) };
        const c = compare(
          [
            { name: 'here', options: here },
            { name: 'there', options: there },
          ],
          s,
        );
        expect(describeFirst(c)).toBe('');
      }),
      runs(30),
    );
  });

  it('is compared with x86_64 without a word missing', () => {
    fc.assert(
      fc.property(scenario(), (s) => {
        const c = compare([lane('x86_64', 'x86_64', s.header), lane(arch, arch, s.header)], s);
        for (const [i, d] of c.divergences.entries()) {
          expect(d.cause).not.toMatch(/undefined|NaN|^$/);
          expect(d.headline).not.toMatch(/undefined|NaN|^$/);
          expect(d.parts.length).toBeGreaterThan(0);
          for (const part of d.parts) expect(part.values.length).toBe(2);
          expect(d.root).toBeLessThanOrEqual(i);
          // roots are roots
          expect(c.divergences[d.root]!.root).toBe(d.root);
        }
        expect(c.parted).toBe(c.divergences.some((d) => !d.minor));
      }),
      runs(30),
    );
  });
});

it('takes the same events in every lane, whatever one of them cannot do', () => {
  const header: LogHeader = { specialbit: 1 };
  const events: LogEvent[] = [{ type: 'access', mm: 7, at: { addr: 0x1000 }, op: 'read' }];
  const c = new Comparison([lane('a', 'x86_64', header), lane('b', 'arm', header)]);
  expect(() => c.step(events[0]!)).toThrow(EventError);
  expect(c.length).toBe(0);
});
