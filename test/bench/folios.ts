// SPDX-License-Identifier: GPL-2.0-or-later
/** Huge pages beside pages: what a fault, a fork and a mapped page of the one cost against those of the other. */
import { createWorld, kernelOptions, type LaneOptions, Player } from '@specialbit/core';
import type { LogEvent, MachineSpec } from '@specialbit/events';
import { workload } from '@specialbit/workloads';
import { processorTime } from './clock.js';
import { collectGarbage } from './collect-garbage.js';
import { laneOf } from './lanes.js';
import type { Metric } from './metric.js';
import { type Sampler, takeTurns } from './race.js';
import type { Settings } from './settings.js';

const NAME = 'folios';
/** HPAGE_PMD_NR of x86_64. */
const PMD_PAGES = 512;
const ENTRIES = 1_000;
/** So many that what else comes and goes meanwhile does not count. */
const KEPT = 20_000;
const READ_WRITE = 3;
const PRIVATE_ANONYMOUS = 0x22;
const FIXED = 0x10;
/** A virtual page number at which a PMD begins. */
const ADDRESS = 2 ** 20;

/** Memory for twice as many PMDs, nothing mapped. */
function open(thp: boolean, entries = ENTRIES): Player {
  const { header } = workload('driver-mix', { events: 1 });
  const base = laneOf(header, 'x86_64');
  const [from] = base.machine.ram[0]!;
  const end = from + 2 * entries * PMD_PAGES + 0x10000;
  const machine: MachineSpec = { ...base.machine, ram: [[from, end]], highest_memmap_pfn: end - 1, frames: {}, thp };
  const lane: LaneOptions = { ...base, machine, files: {}, ...(thp ? { thp: { enabled: 'always' } } : {}) };
  return new Player(kernelOptions(lane), createWorld(lane));
}

/** Entries of one level in one mapping, each made by a write that faults. */
class Mapping {
  private readonly faults: readonly LogEvent[];

  constructor(
    private readonly player: Player,
    private readonly stride: number,
    private readonly entries = ENTRIES,
  ) {
    this.faults = Array.from({ length: entries }, (_, i) => ({
      ...{ type: 'access', mm: 0, at: { label: 'a', page: i * stride }, op: 'write', value: 1 },
    }));
  }

  /** Microseconds that the faults took. */
  fill(): number {
    const { player, stride, entries } = this;
    player.step({
      ...{ type: 'mmap', mm: 0, label: 'a', pages: entries * stride, prot: READ_WRITE },
      ...{ flags: PRIVATE_ANONYMOUS | FIXED, addr: ADDRESS, pgoff: 0 },
    });
    const start = processorTime();
    for (const fault of this.faults) player.step(fault);
    player.world();
    return processorTime() - start;
  }

  empty(): void {
    this.player.step({ type: 'munmap', mm: 0, at: { label: 'a', page: 0 }, pages: this.entries * this.stride });
  }

  /** Microseconds that a fork took; the child is gone afterwards. */
  fork(): number {
    const { player } = this;
    const start = processorTime();
    player.step({ type: 'fork', mm: 0, child: 1 });
    player.world();
    const took = processorTime() - start;
    player.step({ type: 'exit', mm: 1 });
    player.world();
    return took;
  }
}

/** Bytes of each of many entries. */
async function memory(thp: boolean): Promise<number> {
  const stride = thp ? PMD_PAGES : 1;
  // the code that runs for the first time is no part of an entry
  for (let i = 0; i < 5; i++) new Mapping(open(thp), stride).fill();
  const player = open(thp, KEPT);
  const mapping = new Mapping(player, stride, KEPT);
  const before = await collectGarbage();
  mapping.fill();
  const after = await collectGarbage();
  const bytes = after.heapUsed + after.external - before.heapUsed - before.external;
  player.world();
  return bytes / KEPT;
}

const faulting =
  (mapping: Mapping): Sampler =>
  () => {
    const took = mapping.fill();
    mapping.empty();
    return took / ENTRIES;
  };

export async function folios(settings: Settings): Promise<Metric[]> {
  const bytes = (await memory(true)) / PMD_PAGES;
  const bytesOfPages = await memory(false);
  const huge = new Mapping(open(true), PMD_PAGES);
  const small = new Mapping(open(false), 1);
  const warm = settings.rounds;
  const faults = { huge: faulting(huge), small: faulting(small) };
  for (let i = 0; i < warm; i++) for (const fault of Object.values(faults)) await fault();
  const fault = await takeTurns(faults, settings.rounds);
  for (const mapping of [huge, small]) mapping.fill();
  const forks = { huge: () => huge.fork(), small: () => small.fork() };
  for (let i = 0; i < warm; i++) for (const fork of Object.values(forks)) fork();
  const fork = await takeTurns(forks, settings.rounds);
  return [
    {
      ...{ workload: NAME, metric: 'fault of a PMD', value: fault.huge, unit: 'us' },
      reference: { name: 'fault of a PTE', value: fault.small },
      goals: [{ of: 'ratio', atMost: 3 }],
    },
    {
      ...{ workload: NAME, metric: `fork of ${ENTRIES} PMDs`, value: fork.huge, unit: 'us' },
      reference: { name: `fork of ${ENTRIES} PTEs`, value: fork.small },
      goals: [{ of: 'ratio', atMost: 2 }],
    },
    {
      ...{ workload: NAME, metric: 'memory', value: bytes, unit: 'bytes/page' },
      reference: { name: 'mapped by a PTE', value: bytesOfPages },
      goals: [{ of: 'value', atMost: 0.1 }],
    },
  ];
}
