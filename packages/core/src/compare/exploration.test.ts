// SPDX-License-Identifier: GPL-2.0-or-later
import { parseLog } from '@specialbit/events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { laneOf, withBit, withoutBit } from '../toy-lanes.testkit.js';
import { Exploration } from './exploration.js';
import { LANES, START, wish } from './random-events.testkit.js';

const lanes = [withBit, withoutBit].map((arch) => ({ name: arch.name, options: laneOf(arch) }));
const FLAGS = ['"set":"VM_PFNMAP","clear":"VM_MIXEDMAP"', '"set":"VM_MIXEDMAP","clear":"VM_PFNMAP"'].map(
  (change) => `{"type":"vm_flags_mod","at":"ring",${change}}`,
);
const [map, insert, write, read, fork, unmap] = parseLog(`{"specialbit":1}
{"type":"mmap","label":"bo","pages":2,"prot":"rw","file":"dev","call":[{"type":"vm_flags_mod","set":"VM_MIXEDMAP"}]}
{"type":"vmf_insert_mixed","at":"bo[0]","frame":"P0"}
{"type":"write","at":"bo[0]"}
{"type":"read","at":"bo[1]"}
{"type":"fork","child":1}
{"type":"munmap","at":"bo","pages":2}
`).events;

describe('lanes that go forth and back', () => {
  it('tell what parts at each event, whatever was tried before', () => {
    const walk = new Exploration(lanes);
    walk.forth(map!);
    for (let i = 0; i < 3; i++) {
      const { parts } = walk.forth(insert!);
      expect(parts.map(({ what, aspect }) => `${what} ${aspect}`)).toContain('P0 count');
      walk.back();
      expect(walk.forth(read!).parts).toEqual([]);
      walk.back();
    }
    expect(walk.depth).toBe(1);
  });

  it('tell on whatever way what they tell on a straight one', () => {
    let told = 0;
    // a line is played; null takes the last one back
    const step = fc.oneof({ weight: 5, arbitrary: wish }, fc.constantFrom(...FLAGS), {
      weight: 3,
      arbitrary: fc.constant(null),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 15, maxLength: 30 }), (steps) => {
        const walk = new Exploration(LANES);
        const lines: string[] = [];
        for (const line of [...START, ...steps]) {
          if (line === null) {
            lines.pop();
            walk.back();
            continue;
          }
          lines.push(line);
          const { events } = parseLog(`{"specialbit":1}\n${lines.join('\n')}`);
          const straight = new Exploration(LANES);
          for (const event of events.slice(0, -1)) straight.forth(event);
          const explored = walk.forth(events.at(-1)!);
          expect(explored).toEqual(straight.forth(events.at(-1)!));
          told += explored.parts.length;
        }
      }),
      { numRuns: 12, seed: 17 },
    );
    expect(told).toBeGreaterThan(30);
  });

  it('are where they were when an event is taken back', () => {
    const walk = new Exploration(lanes);
    const keys = [walk.keys()];
    for (const event of [map!, insert!, write!, fork!, unmap!]) {
      walk.forth(event);
      keys.push(walk.keys());
    }
    expect(new Set(keys.map(String)).size).toBe(keys.length);
    while (walk.depth > 0) {
      expect(walk.keys()).toEqual(keys[walk.depth]);
      walk.back();
    }
    expect(walk.keys()).toEqual(keys[0]);
    walk.back();
    expect(walk.depth).toBe(0);
  });

  it('tell what a change of flags does to entries that it does not touch, as often as it is tried', () => {
    const [mixed, fill, change] = parseLog(`{"specialbit":1}
{"type":"mmap","label":"bo","pages":2,"prot":"rw","file":"dev","call":[{"type":"vm_flags_mod","set":"VM_MIXEDMAP"}]}
{"type":"vm_insert_page","at":"bo[0]","frame":"P0"}
{"type":"vm_flags_mod","at":"bo","set":"VM_PFNMAP","clear":"VM_MIXEDMAP"}
`).events;
    const walk = new Exploration(lanes);
    walk.forth(mixed!);
    walk.forth(fill!);
    const { parts } = walk.forth(change!);
    expect(parts.map(({ what, aspect }) => `${what} ${aspect}`)).toContain('bo[0] vm_normal_page');
    walk.back();
    expect(walk.forth(change!).parts).toEqual(parts);
  });

  it('know an event that changes nothing, and one that names what is not there', () => {
    const walk = new Exploration(lanes);
    expect(walk.forth(read!)).toMatchObject({ played: false, changed: false });
    walk.back();
    expect(walk.forth(map!)).toMatchObject({ played: true, changed: true });
    expect(walk.forth(read!)).toMatchObject({ played: true, changed: false });
  });
});
