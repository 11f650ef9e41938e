// SPDX-License-Identifier: GPL-2.0-or-later

import { type LogEvent, parseLog } from '@specialbit/events';
import { expect, it } from 'vitest';
import { type Architecture, defineArchitecture } from '../arch/architecture.js';
import { linux_6_12 } from '../profile/profiles.js';
import { laneOf, toySpec, withBit, withoutBit } from '../toy-lanes.testkit.js';
import { processOf } from '../world/world.js';
import { compareLog } from './compare-log.js';
import { ComparedTimeline } from './compared-timeline.js';
import type { Comparison, ComparisonOptions } from './comparison.js';
import type { NamedLane } from './lane.js';

const events = (...lines: string[]): LogEvent[] => [...parseLog(`{"specialbit":1}\n${lines.join('\n')}`).events];
const lane = (name: string, arch: Architecture): NamedLane => ({ name, options: laneOf(arch) });
const LANES = [lane('with', withBit), lane('without', withoutBit)];

function compare(lines: readonly string[], options: ComparisonOptions = {}): Comparison {
  return compareLog(LANES, events(...lines), options);
}

const MIXED =
  '{"type":"mmap","label":"ring","pages":4,"prot":"rw","file":"dev","flags":"MAP_PRIVATE","call":[{"type":"vm_flags_mod","set":"VM_MIXEDMAP"}]}';

it('agrees where nothing depends on the bit', () => {
  const c = compare(['{"type":"mmap","label":"a","pages":2,"prot":"rw"}', '{"type":"write","at":"a"}']);
  expect(c.verdict()).toBe('lanes agree over 2 events');
  expect(c.parted).toBe(false);
  expect(c.divergences).toEqual([]);
});

it('says where lanes part, why, and what follows', () => {
  const c = compare([
    MIXED,
    '{"type":"vmf_insert_mixed","at":"ring","frame":"P0"}',
    '{"type":"write","at":"ring[2]"}',
    '{"type":"fork","child":1}',
    '{"type":"exit","mm":1}',
    '{"type":"munmap","at":"ring","pages":4}',
  ]);
  expect(c.verdict()).toBe('lanes first part at event 2: vmf_insert_mixed took a reference on without');
  const [first] = c.roots;
  expect(c.roots).toEqual([first]);
  expect(first!.cause).toBe(
    'pte_special: the special bit in a PTE (with), no special bit in a PTE (without). ' +
      'vmf_insert_mixed: without the special bit (without) a pfn that has a struct page is inserted by insert_page and ' +
      'refcounted; with it (with) insert_pfn maps it as a special PTE and counts nothing. ' +
      'Proved: with pte_special on with as on without at event 2 alone, this goes.',
  );
  expect(first).toMatchObject({
    proof: 'proved',
    healed: [],
    causes: [{ scope: 'event', traits: [{ name: 'pte_special' }] }],
  });
  expect(first!.parts.map(({ kind, what, values }) => [kind, what, ...values])).toEqual([
    ['reference', 'P0', '1', '2'],
    ['mapcount', 'P0', '0', '1'],
    ['rss', 'mm 0 MM_FILEPAGES', '0', '1'],
    ['decision', 'ring[0]', 'NULL', 'a page'],
  ]);
  // fork and exit take and drop references on the same page
  const major = c.divergences.filter(({ minor }) => !minor);
  expect(major.map(({ number, root, headline }) => [number, root, headline])).toEqual([
    [2, 0, 'vmf_insert_mixed took a reference on without'],
    [4, 0, 'fork took a reference on without'],
    [5, 0, 'exit dropped a reference on without'],
  ]);
  expect(c.divergences[1]).toMatchObject({
    proof: 'follows',
    healed: [2],
    cause: 'follows from event 2: with that healed (pte_special), this goes',
  });
});

it('aligns pages that only some lanes allocated', () => {
  const c = compare([
    MIXED.replace('"ops"', '"ops"'),
    '{"type":"vmf_insert_mixed","at":"ring","frame":"P0"}',
    '{"type":"mmap","label":"a","pages":1,"prot":"rw"}',
    '{"type":"write","at":"ring"}',
    '{"type":"write","at":"a"}',
    '{"type":"write","at":"a"}',
  ]);
  // the write to ring copies in both lanes; what is mapped at a[0] is the same page in both
  expect(c.divergences.filter(({ number }) => number > 4)).toEqual([]);
});

it('tells kernels that die from those that do not', () => {
  const c = compare([
    '{"type":"mmap","label":"a","pages":1,"prot":"rw"}',
    '{"type":"set_pte","at":"a","frame":"H0","special":true}',
    '{"type":"munmap","at":"a","pages":1}',
  ]);
  expect(c.divergences.some(({ kind }) => kind === 'crash')).toBe(true);
  expect(c.verdict()).toMatch(/^lanes first part at event 2: set_pte/);
});

it('goes on when a mapping exists in one lane only', () => {
  const lanes = LANES.map((lane) => ({ ...lane, options: { ...lane.options, profile: linux_6_12 } }));
  const log = events(
    MIXED.replace('MAP_PRIVATE', 'MAP_SHARED').replace(
      '{"type":"vm_flags_mod","set":"VM_MIXEDMAP"}',
      '{"type":"vmf_insert_mixed","frame":"P0","pfn_t":"PFN_SPECIAL"}',
    ),
    '{"type":"read","at":"ring"}',
  );
  const c = compareLog(lanes, log, {});
  expect(c.divergences[0]!.cause).toMatch(/pfn_t_special\(\) is constant false/);
  expect(c.divergences[1]).toMatchObject({ number: 2, root: 0, kind: 'process' });
  expect(c.divergences[1]!.cause).toBe('follows from event 1: with that healed (pte_special), this goes');
  expect(c.divergences[1]!.parts[0]!.values[1]).toMatch(/^no such mapping: ring \(mmap at event 1 failed with -/);
});

it('does not call who sets young and dirty a parting, unless it is asked to be strict', () => {
  const lines = [
    MIXED.replace('MAP_PRIVATE', 'MAP_SHARED'),
    '{"type":"vmf_insert_mixed","at":"ring","frame":"D0"}',
    '{"type":"follow_pfnmap","at":"ring"}',
  ];
  const flags = ['{"type":"vm_flags_mod","at":"ring","set":"VM_IO"}'];
  const all = [lines[0]!, lines[1]!, ...flags, lines[2]!];
  expect(compare(all)).toMatchObject({ parted: false, count: 0, minorCount: 1 });
  expect(compare(all, { strict: true })).toMatchObject({ parted: true, count: 1, minorCount: 0 });
});

it('counts what it does not keep', () => {
  const lines = [MIXED];
  for (let i = 0; i < 20; i++) {
    lines.push(
      '{"type":"vmf_insert_mixed","at":"ring","frame":"P0"}',
      '{"type":"madvise","at":"ring","pages":1,"advice":"MADV_DONTNEED"}',
    );
  }
  const c = compare(lines, { keep: 3 });
  expect(c.count).toBe(20);
  // one cause again and again
  expect(c.roots.length).toBe(1);
  expect(c.divergences.filter(({ minor }) => !minor).map(({ number, root, proof }) => [number, root, proof])).toEqual([
    [2, 0, 'proved'],
    [4, 0, 'proved'],
    [6, 0, 'proved'],
  ]);
});

it('tells a difference once while it stays, and again when it comes back', () => {
  const insert = '{"type":"vmf_insert_mixed","at":"ring","frame":"P0"}';
  const drop = '{"type":"madvise","at":"ring","pages":1,"advice":"MADV_DONTNEED"}';
  const other = '{"type":"vm_insert_page","at":"ring[1]","frame":"P1"}';
  const anon = ['{"type":"mmap","label":"a","pages":2,"prot":"rw"}', '{"type":"write","at":"a"}'];
  // counters of the process move together while P0 is counted in one lane only
  const c = compare([MIXED, insert, other, ...anon, drop, insert]);
  const told = c.divergences.filter(({ minor }) => !minor);
  expect(told.map(({ number }) => number)).toEqual([2, 7]);
  for (const { parts } of told) {
    expect(parts.map(({ kind }) => kind)).toEqual(['reference', 'mapcount', 'rss', 'decision']);
  }
});

it('has the worlds of all lanes at any moment', () => {
  const log = events(MIXED, '{"type":"vmf_insert_mixed","at":"ring","frame":"P0"}', '{"type":"exit"}');
  const compared = new ComparedTimeline(LANES, log);
  expect(compared.at(2).map((world) => processOf(world, 0)!.rss[0])).toEqual([0, 1]);
  expect(compared.divergences(1)).toEqual([]);
  expect(compared.divergences().filter(({ minor }) => !minor).length).toBe(1);
  expect(compared.verdict()).toMatch(/event 2/);
});

it('says so where nothing that can be exchanged is the cause, and where it may not try', () => {
  const small = defineArchitecture({
    ...toySpec,
    name: 'toy-16k',
    levels: { pgd: [26, 64], pte: [14, 4096] },
  });
  const lines = [
    '{"type":"mmap","label":"a","pages":8,"prot":"rw","flags":"MAP_SHARED","file":"tmp"}',
    '{"type":"write","at":"a[6]"}',
    '{"type":"mmap","label":"b","pages":8,"prot":"rw","flags":"MAP_SHARED","file":"tmp"}',
    // a fault maps 64 KiB around
    '{"type":"read","at":"b[1]"}',
  ];
  const lanes = [lane('4k', withBit), lane('16k', small)];
  const [first] = compareLog(lanes, events(...lines)).roots;
  expect(first).toMatchObject({ proof: 'not found', causes: [] });
  expect(first!.cause).toMatch(/^no cause was found: of \d+ things .*cannot be exchanged: pages of 4096 and of 16384/);
  const [untried] = compareLog(LANES, events(MIXED, '{"type":"vmf_insert_mixed","at":"ring","frame":"P0"}'), {
    tries: 0,
  }).roots;
  expect(untried).toMatchObject({ proof: 'not tried', causes: [], features: [] });
});
