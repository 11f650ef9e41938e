// SPDX-License-Identifier: GPL-2.0-or-later
import { formatEvent } from '@specialbit/events';
import { describe, expect, it } from 'vitest';
import { goalNamed } from './goal.js';
import { causeOf, keepCause, keepGoal, partings } from './kept.js';
import { events, lanes } from './lanes.testkit.js';
import { shrink } from './shrink.js';
import { simplerForms } from './simpler.js';

/** S13 among other things. */
const LONG = events(`
{"type":"mmap","label":"heap","pages":8,"prot":"rw"}
{"type":"write","at":"heap[3]","value":7}
{"type":"mmap","label":"map","pages":4,"prot":"rw","file":"dev","flags":"MAP_PRIVATE","call":[{"type":"remap_pfn_range","frame":"D0","pages":4}]}
{"type":"read","at":"map[0]"}
{"type":"fork","child":1}
{"type":"write","at":"heap[3]","mm":1}
{"type":"write","at":"map[1]","value":9}
{"type":"mprotect","at":"heap","pages":2,"prot":"r"}
{"type":"set_vm_pgoff","at":"map[1]","self":true}
{"type":"exit","mm":1}
{"type":"munmap","at":"map","pages":4}
{"type":"read","at":"heap[0]"}
`);

describe('a log that is made smaller', () => {
  const all = lanes('x86_64', 'arm', 'm68k');
  const [first] = partings(all, LONG);
  const kept = keepCause(causeOf(first!.divergences[0]!));
  const shrunk = shrink(all, LONG, kept);

  it('has the events that matter left', () => {
    expect(shrunk.events.map(({ type }) => type)).toEqual(['mmap', 'access', 'set_vm_pgoff']);
    expect(shrunk.lanes.map(({ name }) => name)).toEqual(['x86_64', 'arm']);
    const [parting] = partings(shrunk.lanes, shrunk.events);
    expect(causeOf(parting!.divergences[0]!).names).toEqual(['pte_special']);
  });

  it('is minimal: nothing can go, and nothing be simpler', () => {
    const { events: least, lanes: left } = shrunk;
    for (let i = 0; i < least.length; i++) {
      expect(kept.reachedBy(left, least.toSpliced(i, 1)), `without event ${i + 1}`).toBe(-1);
      for (const form of simplerForms(least[i]!)) {
        expect(kept.reachedBy(left, least.with(i, form)), formatEvent(form)).toBe(-1);
      }
    }
    expect(shrunk.proof).toBeGreaterThanOrEqual(least.length);
  });

  it('can keep something else', () => {
    const goal = keepGoal(goalNamed('message'));
    const { events: least, lanes: left } = shrink(lanes('arm'), LONG, goal);
    expect(left).toHaveLength(1);
    expect(least.length).toBeLessThanOrEqual(4);
    expect(goal.reachedBy(left, least)).toBe(least.length - 1);
  });

  it('must do what is to be kept', () => {
    expect(() => shrink(lanes('x86_64'), LONG, keepGoal(goalNamed('crash')))).toThrow('does not do what is to be kept');
  });
});

it('events that no lane can carry out are passed over, and places are those of the log', () => {
  const log = events(`
{"type":"read","at":"nowhere"}
{"type":"mmap","label":"a","pages":1,"prot":"rw","file":"dev","call":[{"type":"vm_flags_mod","set":"VM_MIXEDMAP"}]}
{"type":"read","at":"nowhere"}
{"type":"vmf_insert_mixed","at":"a","frame":"P0"}
`);
  expect([...partings(lanes('x86_64', 'arm'), log)].map(({ index }) => index)).toEqual([3]);
});

it('simpler forms are events of a log, each smaller in one respect', () => {
  const [mmap] = events(
    '{"type":"mmap","label":"a","pages":4,"prot":"rw","file":"dev","flags":"MAP_PRIVATE","ops":{"fault":{"do":"page","frame":"P0"}},"call":[{"type":"remap_pfn_range","frame":"P3","pages":4}]}',
  );
  const forms = [...simplerForms(mmap!)].map((form) => formatEvent(form));
  expect(new Set(forms).size).toBeGreaterThan(6);
  expect(forms).not.toContain(formatEvent(mmap!));
  expect(forms).toContainEqual(expect.stringContaining('"frame":"P0","pages":4'));
});
