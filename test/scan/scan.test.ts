// SPDX-License-Identifier: GPL-2.0-or-later
/** Small drivers of our own: what goes wrong with each is found at its line, and nothing in those that only look alike. */
import { readdirSync, readFileSync } from 'node:fs';
import type { NamedLane } from '@specialbit/core';
import type { LogHeader } from '@specialbit/events';
import { parseLog } from '@specialbit/events';
import { cParser, Judge, Reader, RULES, type Scan, type ScannedMapping } from '@specialbit/scan';
import { beforeAll, describe, expect, it } from 'vitest';
import { namedLane } from '../docs/named-lane.testkit.js';
import { replayed } from './replayed.testkit.js';

const FOLDER = new URL('drivers/', import.meta.url);
const LANES = ['x86_64@7.3', 'arm64@7.3', 'arm@7.3'];
const lanesOf = (header: LogHeader): NamedLane[] => LANES.map((name) => namedLane(name, header));

let scan: Scan;
beforeAll(async () => {
  const reader = new Reader(await cParser());
  for (const path of readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).sort()) {
    if (path.endsWith('.c')) reader.add({ path, text: readFileSync(new URL(path, FOLDER), 'utf8') });
  }
  scan = reader.scan(new Judge(lanesOf), () => true);
});

const handler = (name: string): ScannedMapping => scan.mappings.find(({ mapping }) => mapping.mmap.name === name)!;

describe('findings', () => {
  it('are these, and no others', () => {
    const findings = scan.mappings.flatMap((one) => one.findings);
    const lines = findings.map(({ rule, place }) => `${place.file}:${place.line} ${rule.name}`);
    expect(lines).toEqual([
      'flags.c:7 wrong-flags',
      'grows.c:8 grows-unchecked',
      'inserts.c:6 insert-page-in-fault',
      'leaks.c:12 reference-kept',
      'pfnmap.c:10 page-in-pfnmap',
      'private.c:14 private-mapping',
      'remaps.c:8 remap-in-fault',
      'revokes.c:9 revoked-while-mapped',
      'tails.c:17 tail-pages',
      'unheld.c:9 reference-missing',
    ]);
  });

  it('name the lanes, and what came of it there', () => {
    const [page] = handler('gone_mmap').findings;
    expect(page!.harmed).toEqual(['arm@7.3']);
    const [leak] = handler('trace_mmap').findings;
    expect(leak!.groups).toMatchObject([{ lanes: LANES, verdict: { kind: 'leaks', found: 'P0 keeps 1 reference' } }]);
  });

  it('have a log each that shows what they say', () => {
    for (const { findings } of scan.mappings) {
      for (const { log, rule } of findings) {
        const text = log();
        expect(parseLog(text).header.arch, rule.name).toEqual(LANES);
        expect(replayed(text), rule.name).toEqual([]);
      }
    }
  });
});

describe('each rule', () => {
  it('has a handler that it is about, and one that only looks like it', () => {
    const PAIRS: Readonly<Record<string, readonly [string, string]>> = {
      'reference-kept': ['trace_mmap', 'insert_mmap'],
      'reference-missing': ['unheld_mmap', 'held_mmap'],
      'insert-page-in-fault': ['late_mmap', 'insert_mmap'],
      'remap-in-fault': ['window_mmap', 'range_mmap'],
      'page-in-pfnmap': ['gone_mmap', 'page_mmap'],
      'private-mapping': ['bell_mmap', 'pfn_mmap'],
      'wrong-flags': ['both_mmap', 'pfn_mmap'],
      'revoked-while-mapped': ['bar_mmap', 'whole_mmap'],
      'grows-unchecked': ['ring_mmap', 'page_mmap'],
      'tail-pages': ['chunk_mmap', 'whole_mmap'],
    };
    expect(Object.keys(PAIRS)).toEqual(RULES.map(({ name }) => name));
    const rules = (name: string): string[] => handler(name).findings.map(({ rule }) => rule.name);
    for (const [rule, [wrong, right]] of Object.entries(PAIRS)) {
      expect(rules(wrong), wrong).toContain(rule);
      expect(rules(right), right).not.toContain(rule);
    }
  });
});

describe('mappings', () => {
  it('say how much of them is understood', () => {
    const found = scan.mappings.map(({ mapping, understood }) => `${mapping.mmap.name} ${understood}`);
    expect(found.filter((line) => !line.endsWith(' yes'))).toEqual([
      'entries_mmap no',
      'later_mmap no',
      'pointer_mmap no',
      'both_ways_mmap partly',
      'refuses_mmap maps nothing',
      'exporter_mmap passes on',
      'named_mmap passes on',
      'backing_mmap passes on',
      'object_mmap passes on',
      'hook_mmap no',
      'chosen_mmap partly',
    ]);
  });

  it('name the handler that they leave the mapping to', () => {
    const passed = (name: string): string[][] =>
      handler(name).archetypes.map(({ passesOn }) => passesOn.map((step) => step.name));
    expect(passed('exporter_mmap')).toEqual([['buffer->ops->mmap']]);
    expect(passed('named_mmap')).toEqual([['entry_of(file)->ops->proc_mmap']]);
    expect(passed('backing_mmap')).toEqual([['file->f_op->mmap']]);
    expect(passed('object_mmap')).toEqual([['object->funcs->vm_ops']]);
    expect(passed('own_or_passed_mmap')).toEqual([['buffer->ops->mmap'], []]);
    // who has returned by then does not map what stands behind
    const calls = handler('own_or_passed_mmap').archetypes.map((one) => one.calls.map(({ name }) => name));
    expect(calls).toEqual([[], ['remap_vmalloc_range']]);
    const early = handler('early_mmap').archetypes.map((one) => [one.calls[0]!.name, one.set]);
    expect(early).toEqual([
      ['vm_iomap_memory', ['VM_DONTCOPY']],
      ['remap_vmalloc_range', ['VM_DONTCOPY']],
    ]);
  });

  it('are followed in a structure, behind a macro, past an #if that opens a block, and from a table elsewhere', () => {
    const calls = (name: string): unknown => handler(name).archetypes.map((one) => one.calls.map((step) => step.name));
    expect(calls('carried_mmap')).toEqual([['vm_insert_page']]);
    expect(calls('block_mmap')).toEqual([['vm_iomap_memory']]);
    expect(calls('elsewhere_mmap')).toEqual([['io_remap_pfn_range']]);
    expect(handler('elsewhere_mmap').mapping.of).toBe('struct device_ops elsewhere_ops');
    expect(handler('either_mmap').archetypes.map(({ ops }) => ops?.name)).toEqual(['lazy_vm_ops']);
  });

  it('say who maps into them later, and who writes entries itself', () => {
    const open = (name: string): unknown =>
      handler(name).archetypes[0]!.unfollowed.map((step) => [step.name, step.why, step.place.line]);
    expect(open('later_mmap')).toEqual([['later_fill()', 'later', 9]]);
    expect(open('entries_mmap')).toEqual([['apply_to_page_range', 'entries', 61]]);
    expect(open('kept_mmap')).toEqual([]);
  });

  it('follow both sides of an #if, and the cases of a switch', () => {
    const calls = (name: string): string[][] =>
      handler(name).archetypes.map((one) => one.calls.map((step) => `${step.name} ${step.memory}`));
    expect(calls('table_mmap')).toEqual([['dma_mmap_coherent pages'], ['vm_iomap_memory unknown']]);
    expect(calls('both_ways_mmap')).toEqual([['remap_vmalloc_range pages'], ['remap_pfn_range pages']]);
  });

  it('name what is behind a pointer', () => {
    const [archetype] = handler('pointer_mmap').archetypes;
    expect(archetype!.unfollowed).toMatchObject([
      { name: 'thing->ops->map', why: 'pointer', place: { file: 'macros.c', line: 19 } },
    ]);
  });

  it('read ->mmap_prepare, its bits and its action', () => {
    const [archetype] = handler('clock_mmap_prepare').archetypes;
    expect(archetype).toMatchObject({
      hook: 'mmap_prepare',
      set: ['VM_DONTDUMP', 'VM_IO'],
      refuses: { private: true, writable: false },
      calls: [{ name: 'mmap_action_ioremap_full' }],
    });
  });

  it('are played for what a process wants of them', () => {
    const [works] = handler('pfn_mmap').works;
    const of = (need: string): unknown =>
      works!
        .find((one) => one.need === need)!
        .groups.map(({ lanes, verdict }) => [lanes.length, verdict.kind, verdict.found]);
    expect(of('fork')).toEqual([[3, 'works', '']]);
    expect(of('gup')).toEqual([[3, 'refused', '-EFAULT']]);
  });
});
