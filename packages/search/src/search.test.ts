// SPDX-License-Identifier: GPL-2.0-or-later
import { createWorld, kernelOptions, LogReferenceError, type NamedLane, Player, worldKey } from '@specialbit/core';
import { formatEvent, type LogEvent } from '@specialbit/events';
import { describe, expect, it } from 'vitest';
import { alphabet } from './alphabet.js';
import { goalNamed } from './goal.js';
import { events, lanes } from './lanes.testkit.js';
import { type Progress, search } from './search.js';

const small = alphabet({ pages: 1 });
const parts = goalNamed('parts');
const texts = (log: readonly Parameters<typeof formatEvent>[0][]): string[] => log.map((event) => formatEvent(event));

describe('the shortest log at which lanes part', () => {
  it('is that of S01 where one lane has no special bit', () => {
    const found = search(lanes('x86_64', 'arm'), small, parts, { depth: 5 });
    expect(found).toMatchObject({ depth: 1, stopped: 'found' });
    expect(found.findings.map(({ events: log }) => texts(log))).toEqual([
      [
        '{"type":"mmap","label":"a","pages":1,"prot":"rw","file":"dev","call":[{"type":"vm_flags_mod","set":"VM_MIXEDMAP"}]}',
        '{"type":"vmf_insert_mixed","at":"a[0]","frame":"P0"}',
      ],
    ]);
  });

  it('is found for each kind, and S13 and S17 are among them', () => {
    const { findings, stopped } = search(lanes('x86_64', 'arm'), small, parts, { depth: 3, all: true });
    expect(stopped).toBe(null);
    const last = findings.map(({ kind, events: log }) => `${log.length} ${kind}`);
    expect(last).toContain('3 set_vm_pgoff: decision vm_normal_page');
    expect(last).toContain('3 get_user_pages_fast_only: outcome pages, return reason, return return value');
    expect(new Set(findings.map(({ kind }) => kind)).size).toBe(findings.length);
    // the shorter ones first
    const lengths = findings.map(({ events: log }) => log.length);
    expect(lengths).toEqual([...lengths].sort());
  });

  it('is the one that kernels of one architecture part at', () => {
    const letters = alphabet({ pages: 1, frames: ['Z'], types: ['mmap', 'vmf_insert_mixed', 'read'] });
    const found = search(lanes('arm@6.1', 'arm@6.12'), letters, parts, { depth: 3 });
    expect(texts(found.findings[0]!.events)).toEqual([
      '{"type":"mmap","label":"a","pages":1,"prot":"rw","file":"dev"}',
      '{"type":"vmf_insert_mixed","at":"a[0]","frame":"Z"}',
    ]);
  });
});

describe('none', () => {
  it('has the same number of states each time', () => {
    const run = (): unknown => search(lanes('x86_64', 'x86_64'), small, parts, { depth: 2 });
    const found = run();
    expect(found).toMatchObject({ findings: [], depth: 2, stopped: null });
    expect(run()).toEqual(found);
  });

  it('is told of every length when nothing new is met', () => {
    const few = alphabet({ pages: 1, types: ['read', 'exit'] });
    expect(search(lanes('x86_64'), few, goalNamed('crash'), { depth: 9 })).toMatchObject({
      findings: [],
      depth: 2,
      distinct: 2,
      stopped: 'exhausted',
    });
  });

  it('says where the limit of states was reached', () => {
    const found = search(lanes('x86_64', 'x86_64'), small, parts, { depth: 9, states: 500 });
    expect(found).toMatchObject({ findings: [], stopped: 'states', distinct: 500 });
    expect(found.depth).toBeGreaterThan(1);
  });
});

it('every log of the alphabet is tried: as many states are met as when each is played from the start', () => {
  const few = alphabet({ pages: 1, types: ['mmap', 'write', 'fork', 'munmap'] });
  const told: Progress[] = [];
  const found = search(lanes('x86_64'), few, goalNamed('hang'), { depth: 3, progress: (p) => told.push(p) });
  expect(told.filter(({ whole }) => whole).map(({ depth }) => depth)).toEqual([1, 2, 3]);
  const [{ options }] = lanes('x86_64') as [NamedLane];
  const keys = new Set<string>();
  const play = (log: readonly LogEvent[]): void => {
    const player = new Player(kernelOptions(options), createWorld(options));
    try {
      for (const event of log) {
        const mm = player.kernel.mms.get(0);
        const start = mm?.startOf('a');
        // one mapping at once
        if (event.type === 'mmap' && start !== undefined && mm!.vma_lookup(start) !== undefined) return;
        player.step(event);
      }
    } catch (error) {
      if (!(error instanceof LogReferenceError)) throw error;
      return;
    }
    keys.add(worldKey(options.arch, player.world(), { labels: true }));
    if (log.length < 2) for (const event of few.events) play([...log, event]);
  };
  play([]);
  // of those behind the last event nothing is asked any more
  expect(found.distinct).toBe(keys.size);
});

describe('other goals', () => {
  it('a reason, by the way that leads to it', () => {
    const found = search(lanes('x86_64'), small, goalNamed('reason:gup_pfnmap'), { depth: 3 });
    expect(found.findings).toHaveLength(1);
    expect(found.findings[0]!.events).toHaveLength(2);
  });

  it('a kernel that dies', () => {
    const found = search(lanes('x86_64'), small, goalNamed('crash'), { depth: 3, all: true });
    expect(found.findings.map(({ kind }) => kind)).toContainEqual(expect.stringMatching(/BUG/));
  });

  it.each([['nonsense'], ['parts:x'], ['crash:x']])('%s is refused with what there is', (name) => {
    expect(() => goalNamed(name)).toThrow(/expected one of parts, .*, found/);
  });

  it('an unknown reason is refused with the nearest', () => {
    expect(() => goalNamed('reason:gup_pfnmapp')).toThrow('did you mean "reason:gup_pfnmap"?');
    expect(() => goalNamed('reason')).toThrow('expected the name of a reason');
  });
});

describe('the alphabet', () => {
  it('has what was asked for', () => {
    expect(alphabet({ types: ['fork'] }).events).toEqual(events('{"type":"fork","child":1}'));
    expect(alphabet({ types: ['put_page'] }).events).toHaveLength(1);
    expect(alphabet().events.some(({ type }) => type === 'put_page')).toBe(false);
    expect(alphabet({ mappings: 2 }).makes).toContain(1);
  });

  it.each([
    [{ types: ['frok'] }, 'did you mean "fork"?'],
    [{ pages: 0 }, 'expected 1 to 16 pages'],
    [{ mappings: 9 }, 'expected 1 to 4 mappings'],
  ])('refuses %j', (options, message) => {
    expect(() => alphabet(options)).toThrow(message);
  });
});

it('says the same in every run: states, events played, and logs, one of each kind', () => {
  const both = lanes('x86_64', 'arm');
  const few = alphabet({ pages: 1, frames: ['P0'], types: ['mmap', 'vmf_insert_mixed', 'remap_pfn_range', 'munmap'] });
  const run = () => search(both, few, goalNamed('parts'), { depth: 3, all: true });
  const first = run();
  expect(first.findings.length).toBeGreaterThan(1);
  expect(new Set(first.findings.map(({ kind }) => kind)).size).toBe(first.findings.length);
  expect(run()).toEqual(first);
});
