// SPDX-License-Identifier: GPL-2.0-or-later
/** What there can be many of: how they are made, and what happens among them that leaves as many as there were. */
import { createWorld, kernelOptions, type LaneOptions, Player } from '@specialbit/core';
import type { LogEvent, MachineSpec } from '@specialbit/events';
import { workload } from '@specialbit/workloads';
import { laneOf } from './lanes.js';

export interface Growth {
  readonly unit: string;
  readonly units: string;
  /** Ascending, ten times as many each. */
  readonly sizes: readonly number[];
  /** How many events are measured among them. */
  readonly probes: number;
  build(n: number): Player;
  /** So many events, spread over all units. */
  probe(n: number, events: number): LogEvent[];
}

const READ = 1;
const READ_WRITE = 3;
const SHARED = 0x01;
const FIXED = 0x10;
const ANONYMOUS = 0x22;
const POPULATE = 0x8000;
const VM_PFNMAP = 0x400;
/** Pages that an entry of the PUD level maps on x86_64. */
const PUD_PAGES = 2 ** 18;
const PUD_BYTES = 2 ** 30;

function open(frames = 0, files: LaneOptions['files'] = {}): Player {
  const { header } = workload('driver-mix', { events: 1 });
  const base = laneOf(header, 'x86_64');
  const [from] = base.machine.ram[0]!;
  const end = 0x20000 + 2 * frames;
  // device frames lie behind RAM, wherever that ends
  const machine: MachineSpec =
    frames === 0 ? base.machine : { ...base.machine, ram: [[from, end]], highest_memmap_pfn: end - 1, frames: {} };
  const lane = { ...base, machine, files };
  return new Player(kernelOptions(lane), createWorld(lane));
}

/** The i-th of n, all over them. */
const spread = (i: number, n: number): number => (i * 7919) % n;

/** `each` makes some events for each of the units that are asked. */
function events(n: number, count: number, each: (unit: number, i: number) => readonly LogEvent[]): LogEvent[] {
  const made: LogEvent[] = [];
  for (let i = 0; made.length < count; i++) made.push(...each(spread(i, n), i));
  return made;
}

const at = (label: string, page = 0): { readonly label: string; readonly page: number } => ({ label, page });
const read = (mm: number, label: string, page = 0): LogEvent => ({
  type: 'access',
  mm,
  at: at(label, page),
  op: 'read',
});
const write = (mm: number, label: string, page = 0): LogEvent => ({
  ...{ type: 'access', mm, at: at(label, page), op: 'write', value: 1 },
});

/** Neighbours have other rights, so that none merges. */
const anonymous = (i: number): LogEvent => ({
  ...{
    type: 'mmap',
    mm: 0,
    label: `v${i}`,
    pages: 1,
    prot: i % 2 === 0 ? READ : READ_WRITE,
    flags: ANONYMOUS,
    pgoff: 0,
  },
});

const VMAS: Growth = {
  ...{ unit: 'VMA', units: 'VMAs', sizes: [1e3, 1e4, 1e5], probes: 4000 },
  build(n) {
    const player = open();
    for (let i = 0; i < n; i++) player.step(anonymous(i));
    return player;
  },
  probe: (n, count) =>
    events(n, count, (v) => [
      read(0, `v${v}`),
      { type: 'mprotect', mm: 0, at: at(`v${v}`), pages: 1, prot: 5 },
      { type: 'munmap', mm: 0, at: at(`v${v}`), pages: 1 },
      anonymous(v),
    ]),
};

/** Pages of a file that lie the other way round than in the file merge with none. */
const ofFile = (i: number): LogEvent => ({
  ...{ type: 'mmap', mm: 0, label: `v${i}`, pages: 1, prot: READ_WRITE, flags: SHARED, file: 'f', pgoff: i },
});

const FILE_VMAS: Growth = {
  ...{ unit: 'VMA of one file', units: 'VMAs of one file', sizes: [1e3, 1e4, 1e5], probes: 1000 },
  build(n) {
    const player = open(n, { f: { kind: 'shmem', pages: n } });
    for (let i = 0; i < n; i++) player.step(ofFile(i));
    return player;
  },
  probe: (n, count) =>
    events(n, count, (v) => [
      write(0, `v${v}`),
      { type: 'unmap_mapping_range', file: 'f', pgoff: v, pages: 1, even_cows: true },
      { type: 'munmap', mm: 0, at: at(`v${v}`), pages: 1 },
      ofFile(v),
    ]),
};

const PROCESSES: Growth = {
  ...{ unit: 'process', units: 'processes', sizes: [1e2, 1e3, 1e4], probes: 1000 },
  build(n) {
    const player = open(4 * n, { f: { kind: 'shmem', pages: 4 } });
    player.step({ type: 'mmap', mm: 0, label: 'a', pages: 4, prot: READ_WRITE, flags: ANONYMOUS, pgoff: 0 });
    player.step({ type: 'mmap', mm: 0, label: 'f', pages: 4, prot: READ_WRITE, flags: SHARED, file: 'f', pgoff: 0 });
    player.step(write(0, 'a'));
    player.step(write(0, 'f'));
    for (let child = 1; child <= n; child++) player.step({ type: 'fork', mm: 0, child });
    return player;
  },
  probe: (n, count) =>
    events(n, count, (p) => [
      write(p + 1, 'a'),
      read(p + 1, 'f'),
      { type: 'exit', mm: p + 1 },
      { type: 'fork', mm: 0, child: p + 1 },
    ]),
};

const FRAMES: Growth = {
  ...{ unit: 'frame', units: 'frames', sizes: [1e4, 1e5, 1e6, 1e7], probes: 4000 },
  build(n) {
    const player = open(n);
    const flags = ANONYMOUS | POPULATE;
    player.step({ type: 'mmap', mm: 0, label: 'a', pages: n, prot: READ_WRITE, flags, pgoff: 0 });
    return player;
  },
  probe: (n, count) =>
    events(n, count, (page) => [
      write(0, 'a', page),
      { type: 'madvise', mm: 0, at: at('a', page), pages: 1, advice: 'MADV_DONTNEED' },
      read(0, 'a', page),
    ]),
};

const PTES: Growth = {
  ...{ unit: 'PTE', units: 'PTEs', sizes: [1e3, 1e4, 1e5, 1e6], probes: 400 },
  build(n) {
    const player = open(0, { bar: { kind: 'device', pages: 0 } });
    const call = [{ type: 'remap_pfn_range', at: { label: '', page: 0 }, frame: { label: 'D0' }, pages: n }] as const;
    player.step({
      ...{ type: 'mmap', mm: 0, label: 'a', pages: n, prot: READ_WRITE, flags: SHARED, file: 'bar', pgoff: 0, call },
    });
    return player;
  },
  probe: (n, count) => events(n, count, (page) => [write(0, 'a', page), read(0, 'a', page)]),
};

const PUDS: Growth = {
  ...{ unit: 'PUD entry of 2^18 pages', units: 'PUD entries of 2^18 pages', sizes: [4, 40, 409, 4096], probes: 400 },
  build(n) {
    const player = open(0, { bar: { kind: 'device', pages: 0 } });
    const base = 2 ** 40;
    const flags = SHARED | FIXED;
    player.step({
      ...{ type: 'mmap', mm: 0, label: 'a', at: { addr: base }, pages: n * PUD_PAGES, prot: READ_WRITE, flags },
      ...{
        file: 'bar',
        pgoff: 0,
        call: [{ type: 'vm_flags_mod', at: { label: '', page: 0 }, set: VM_PFNMAP, clear: 0 }],
      },
    });
    for (let i = 0; i < n; i++) {
      const place = { addr: base + i * PUD_BYTES };
      const frame = { pfn: 0x40000 + i * PUD_PAGES };
      player.step({ type: 'vmf_insert_pfn_pud', mm: 0, at: place, frame, write: true });
    }
    return player;
  },
  probe: (n, count) => events(n, count, (i) => [write(0, 'a', i * PUD_PAGES), read(0, 'a', i * PUD_PAGES + 5)]),
};

export const GROWTHS: readonly Growth[] = [VMAS, FILE_VMAS, PROCESSES, FRAMES, PTES, PUDS];
