// SPDX-License-Identifier: GPL-2.0-or-later
import { decodeEvent, decodeHeader, encodeEvent, encodeHeader, formatEvent, type LogEvent } from '@specialbit/events';
import { describe, expect, it } from 'vitest';
import { WORKLOADS, type WorkloadName, workload } from './index.js';

const lines = (name: WorkloadName, seed: number, events: number): string[] =>
  [...workload(name, { seed, events }).events].map(formatEvent);

describe.each(WORKLOADS)('%s', (name) => {
  it('is the same for the same seed, and another for another', () => {
    const some = lines(name, 7, 2000);
    expect(some).toHaveLength(2000);
    expect(lines(name, 7, 2000)).toEqual(some);
    expect(lines(name, 8, 2000)).not.toEqual(some);
  });

  it('begins as a longer one does, and can be gone through again', () => {
    const { events } = workload(name, { events: 300 });
    const first = [...events];
    expect(first).toEqual([...events]);
    expect(first).toEqual([...workload(name, { events: 1000 }).events].slice(0, 300));
  });

  it('is canonical', () => {
    const { header, events } = workload(name, { events: 3000 });
    expect(decodeHeader(encodeHeader(header))).toEqual(header);
    for (const event of events) expect(decodeEvent(encodeEvent(event))).toEqual(event);
  });
});

it('mixes all calls of drivers', () => {
  const types = new Set<LogEvent['type']>();
  for (const event of workload('driver-mix', { events: 20_000 }).events) {
    types.add(event.type);
    if (event.type === 'mmap') for (const call of event.call ?? []) types.add(call.type);
  }
  expect([...types]).toEqual(
    expect.arrayContaining([
      ...['vm_flags_mod', 'set_vm_pgoff', 'remap_pfn_range', 'io_remap_pfn_range', 'vm_iomap_memory'],
      ...['vm_insert_page', 'vm_insert_pages', 'vm_map_pages', 'vm_map_pages_zero'],
      ...['vmf_insert_pfn', 'vmf_insert_pfn_prot', 'vmf_insert_mixed', 'vmf_insert_mixed_mkwrite'],
      ...['zap_vma_ptes', 'set_pte', 'clear_pte', 'unmap_mapping_range', 'fork', 'exit', 'access', 'madvise'],
    ]),
  );
});

it('says what it does not know', () => {
  expect(() => workload('narrow' as WorkloadName)).toThrow(
    'expected a workload (driver-mix, wide, vma-storm, deep-fork), found "narrow"',
  );
  expect(() => workload('wide', { seed: 0.5 })).toThrow('expected an integer as seed, found 0.5');
  expect(() => workload('wide', { events: -1 })).toThrow('expected a number of events, found -1');
});
