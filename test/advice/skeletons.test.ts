// SPDX-License-Identifier: GPL-2.0-or-later
/** The code that is recommended is read as a driver's: nothing goes wrong with it. */
import { advise, memoryNamed, needsNamed, recommendedCode } from '@specialbit/advice';
import { findProfile } from '@specialbit/core';
import { cParser, Judge, Reader } from '@specialbit/scan';
import { expect, it } from 'vitest';
import { namedLane } from '../docs/named-lane.testkit.js';

const LANES = ['x86_64', 'arm'];
const parser = await cParser();

it.each([
  ['device', 'revoke,mremap,no-grow', 'fault'],
  ['device', 'fork,munmap-part', 'mmap'],
  ['pages', 'gup,fork,revoke', 'fault'],
  ['pages:1', 'fork', 'fault'],
  ['vmalloc', 'fork,mprotect', 'mmap'],
  ['dma-buf', 'no-gup,revoke', 'fault'],
] as const)('%s for %s from ->%s', (memory, needs, when) => {
  const advice = advise({
    memory: memoryNamed(memory),
    scattered: false,
    map: ['shared'],
    prot: 'rw',
    needs: needsNamed([needs]),
    on: [when],
    lanes: (header) => LANES.map((name) => namedLane(name, header)),
  });
  for (const kernel of ['6.1', '6.12', '7.3']) {
    const text = `${recommendedCode(advice, findProfile(kernel)!).join('\n')}\n`;
    const reader = new Reader(parser);
    reader.add({ path: 'foo.c', text });
    const { mappings } = reader.scan(
      new Judge((header) => LANES.map((name) => namedLane(`${name}@${kernel}`, header))),
    );
    expect(mappings.length, text).toBe(1);
    expect(
      mappings[0]!.findings.map(({ rule, place }) => `${rule.name} ${place.line}`),
      text,
    ).toEqual([]);
  }
});

it('memory of which only its own call knows where it lies is given to that', () => {
  for (const [memory, call] of [
    ['dma', 'dma_mmap_coherent'],
    ['page-cache', 'generic_file_mmap'],
  ] as const) {
    const { ways } = advise({
      memory: memoryNamed(memory),
      scattered: false,
      map: ['shared'],
      prot: 'rw',
      needs: needsNamed(['fork']),
      on: ['mmap', 'fault'],
      lanes: (header) => LANES.map((name) => namedLane(name, header)),
    });
    expect([...new Set(ways.map(({ way }) => way.call))]).toEqual([call]);
  }
});
