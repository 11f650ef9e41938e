// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What is looked at behind a step (`brokenBy`) belongs to what the step reads: unmap_mapping_range() does not look at
 * mappings that are still being made, and is asked whether it missed one; put_page() knows of no page table, and is asked
 * whether one maps what it freed.
 */
import type { Footprint, World } from '@specialbit/core';
import { type KernelOptions, openWorld } from '@specialbit/core/kernel';
import type { LogEvent } from '@specialbit/events';

export function widened(footprint: Footprint, options: KernelOptions, world: World, event: LogEvent): Footprint {
  const { reads } = footprint;
  if (event.type === 'unmap_mapping_range') {
    reads.things.add('every open mapping');
    for (const [mm, { vma }] of openWorld(options, world).opened) reads.pages(mm).add(vma.vm_start, vma.vm_end);
  } else if (event.type === 'put_page') {
    for (const mm of openWorld(options, world).mms.keys()) reads.pages(mm).add(0, Number.POSITIVE_INFINITY);
  }
  return footprint;
}
