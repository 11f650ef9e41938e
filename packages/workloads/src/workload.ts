// SPDX-License-Identifier: GPL-2.0-or-later
/** Workloads by name: a header and as many events as one asks for. */

import type { FileSpec, LogEvent, LogHeader } from '@specialbit/events';
import { OutOfRange } from '@specialbit/events';
import { deepFork, deepForkFiles } from './deep-fork.js';
import { driverMix, driverMixFiles } from './driver-mix.js';
import { workloadMachine } from './machine.js';
import { Random } from './random.js';
import { vmaStorm, vmaStormFiles } from './vma-storm.js';
import { wide, wideFiles } from './wide.js';

export type WorkloadName = 'driver-mix' | 'wide' | 'vma-storm' | 'deep-fork';

interface WorkloadGenerator {
  /** What it does, in one line. */
  readonly title: string;
  /** Events when nobody says how many. */
  readonly events: number;
  readonly files: Readonly<Record<string, FileSpec>>;
  generate(random: Random): Iterable<LogEvent>;
}

const GENERATORS: Readonly<Record<WorkloadName, WorkloadGenerator>> = {
  'driver-mix': {
    title: 'Every driver call, faults, COW, forks and zaps over 64 mappings',
    events: 1_000_000,
    files: driverMixFiles,
    generate: driverMix,
  },
  wide: {
    title: 'One remap_pfn_range of 1 GiB, with accesses, partial unmaps and forks over it',
    events: 20_000,
    files: wideFiles,
    generate: wide,
  },
  'vma-storm': {
    title: 'Thousands of VMAs that are mapped, cut, protected and moved',
    events: 200_000,
    files: vmaStormFiles,
    generate: vmaStorm,
  },
  'deep-fork': {
    title: 'Chains of forks with copy-on-write',
    events: 200_000,
    files: deepForkFiles,
    generate: deepFork,
  },
};

/** Every workload's name. */
export const WORKLOADS = Object.keys(GENERATORS) as readonly WorkloadName[];

export interface WorkloadOptions {
  /** An integer; 1 when absent. The same seed gives the same events. */
  readonly seed?: number;
  /** How many events; the workload's own number when absent. A shorter run is the beginning of a longer one. */
  readonly events?: number;
}

export interface Workload {
  readonly name: WorkloadName;
  readonly header: LogHeader;
  /** Canonical events; can be iterated over and over, and gives the same ones each time. */
  readonly events: Iterable<LogEvent>;
}

/**
 * A workload. Its events can be replayed on every architecture: none of them names a mapping or process
 * that does not exist, and none takes the kernel down. Throws OutOfRange for an unknown name, or a
 * seed or number of events that is no integer.
 */
export function workload(name: WorkloadName, options: WorkloadOptions = {}): Workload {
  const generator = Object.hasOwn(GENERATORS, name) ? GENERATORS[name] : undefined;
  if (generator === undefined) {
    throw new OutOfRange(
      'workload.name',
      `expected a workload (${WORKLOADS.join(', ')}), found ${JSON.stringify(name)}`,
    );
  }
  const { seed = 1, events: count = generator.events } = options;
  if (!Number.isInteger(seed)) throw new OutOfRange('workload.number', `expected an integer as seed, found ${seed}`);
  if (!Number.isInteger(count) || count < 0)
    throw new OutOfRange('workload.number', `expected a number of events, found ${count}`);
  const header: LogHeader = {
    specialbit: 1,
    title: `${name}: ${generator.title}`,
    ...(Object.keys(generator.files).length === 0 ? {} : { files: generator.files }),
    machine: { default: workloadMachine() },
  };
  return { name, header, events: { [Symbol.iterator]: () => take(generator.generate(new Random(seed)), count) } };
}

function* take(events: Iterable<LogEvent>, count: number): Generator<LogEvent, void> {
  let left = count;
  if (left === 0) return;
  for (const event of events) {
    yield event;
    if (--left === 0) return;
  }
}
