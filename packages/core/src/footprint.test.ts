// SPDX-License-Identifier: GPL-2.0-or-later
/** Pairs of events that do not commute, each of which was once thought to. */
import { parseLog } from '@specialbit/events';
import { describe, expect, it } from 'vitest';
import { dependent, footprint } from './footprint.js';

import { reduce } from './reduce.js';
import { laneOf } from './run.js';
import { withBit } from './toy-lanes.testkit.js';
import { createWorld, kernelOptions } from './world/create.js';
import { worldKey } from './world/world-key.js';

/** Whether the last two of some events are said to depend on each other, and whether they do, after the others. */
function order(...lines: string[]): { said: boolean; is: boolean } {
  const { header, events } = parseLog(['{"specialbit":1,"files":{"dev":"device"}}', ...lines, ''].join('\n'));
  const lane = laneOf(header, withBit);
  const options = kernelOptions(lane);
  let world = createWorld(lane);
  for (const event of events.slice(0, -2)) world = reduce(options, world, event).world;
  const [a, b] = [events.at(-2)!, events.at(-1)!];
  const ab = reduce(options, reduce(options, world, a).world, b).world;
  const ba = reduce(options, reduce(options, world, b).world, a).world;
  return {
    said: dependent(footprint(options, world, a), footprint(options, world, b)),
    is: worldKey(options.arch, ab) !== worldKey(options.arch, ba),
  };
}

describe('footprint', () => {
  it('hears of an address space that a mapping which is being made had opened', () => {
    const pair = order(
      '{"type":"mmap","label":"m","pages":2,"prot":"rw","file":"dev","ops":{"fault":{"do":"vmf_insert_pfn","frame":"D0"}},"call":[{"type":"vm_flags_mod","set":"VM_PFNMAP|VM_IO"}]}',
      '{"type":"mprotect","at":"m[1]","pages":1,"prot":"none"}',
      '{"type":"mmap.begin","label":"n","pages":1,"prot":"rw"}',
      '{"type":"write","at":"m[0]"}',
      '{"type":"unmap_mapping_range","file":"dev","pages":0,"even_cows":true}',
    );
    expect(pair).toEqual({ said: true, is: true });
  });

  it('hears what a fork copies of the address space itself', () => {
    const pair = order(
      // an entry that is written over, so that the fork copies nothing that a pin looks at
      '{"type":"mmap","label":"m","pages":1,"prot":"rw","file":"dev","flags":"MAP_SHARED","call":[{"type":"remap_pfn_range","frame":"P0"}]}',
      '{"type":"set_pte","at":"m[0]","frame":"P1","write":true}',
      '{"type":"pin_user_pages","at":"m[0]"}',
      '{"type":"fork","child":1}',
    );
    expect(pair).toEqual({ said: true, is: true });
  });
});
