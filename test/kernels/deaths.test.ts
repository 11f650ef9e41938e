// SPDX-License-Identifier: GPL-2.0-or-later
/** What kernels die of, or may die of, is an outcome of the model with the kernel function's name. */
import { join } from 'node:path';
import { coarseOf, createWorld, kernelOptions, Player as LanePlayer } from '@specialbit/core';
import { findArchitecture, labFiles, labMachine, type Played, Player } from '@specialbit/transcripts';
import { describe, expect, test } from 'vitest';
import { architectures } from './architectures.testkit.js';
import { linesOf } from './strip.testkit.js';
import { selection } from './verify.testkit.js';

type Op = Readonly<Record<string, string | number>>;

const device = (share: 's' | 'p', prot: string, more: Op = {}): Op => ({
  name: 'mmap',
  v: 0,
  p: 0,
  n: 4,
  prot,
  share,
  file: 'dev',
  pgoff: 0,
  ...more,
});
const at = (name: string, p: number, more: Op = {}): Op => ({ name, v: 0, p, ...more });

function opening(machine: string): string[] {
  return linesOf(join(selection, machine, 'curated.jsonl.gz')).slice(0, 2);
}

/** Plays operations on a machine of the selection, as a stripped transcript. */
function play(machine: string, ...ops: Op[]): Played[] {
  const [header, begin] = opening(machine);
  const scenario = JSON.parse(begin!).begin;
  const player = new Player('file', architectures, findArchitecture);
  player.play(header!, 1);
  player.play(begin!, 2);
  return ops.map((op, seq) => player.play(JSON.stringify({ scenario, seq, mm: 0, op }), seq + 3));
}

const deaths = (played: readonly Played[]): (string | null)[] =>
  played.map(({ crash }) => crash && `${crash.kind} in ${crash.where}`);

describe('a pageless frame becomes executable', () => {
  const frames = (special: number): Op[] => [
    device('s', 'rw', { pre: '' }),
    at('flags', 0, { set: 'MIXEDMAP' }),
    at('setpte', 0, { frame: 'D0', special }),
    at('mprotect', 0, { n: 1, prot: 'rx' }),
    at('setpte', 1, { frame: 'D1', special }),
  ];
  const page: Op[] = [
    device('s', 'rw'),
    at('flags', 0, { set: 'MIXEDMAP' }),
    at('setpte', 0, { frame: 'P0', special: 0 }),
    at('mprotect', 0, { n: 1, prot: 'rx' }),
  ];

  test('riscv: flush_icache_pte, special or not', () => {
    const where = 'oops in flush_icache_pte';
    expect(deaths(play('riscv64', ...frames(0)))).toEqual([null, null, null, where, null]);
    expect(deaths(play('riscv64', ...frames(1)))).toEqual([null, null, null, where, null]);
  });

  test('arm64: __sync_icache_dcache, unless special', () => {
    const where = 'oops in __sync_icache_dcache';
    expect(deaths(play('arm64', ...frames(0)))).toEqual([null, null, null, where, null]);
    expect(deaths(play('arm64', ...frames(1)))).toEqual([null, null, null, null, null]);
  });

  test('a frame with a struct page is no matter', () => {
    for (const machine of ['riscv64', 'arm64'])
      expect(deaths(play(machine, ...page))).toEqual([null, null, null, null]);
  });

  test('nor is it on other architectures', () => {
    for (const machine of ['x86_64', 'arm', 'mips32r6', 's390x']) {
      expect(deaths(play(machine, ...frames(0)))).toEqual([null, null, null, null, null]);
    }
  });

  test('a kernel that survived it is followed further', () => {
    const [, , , looked, after] = play('riscv64', ...frames(0));
    expect(looked!.apart).toBe('survived');
    expect(after!.apart).toBeNull();
    expect(JSON.parse(looked!.model)).toMatchObject({ ret: 0 });
  });
});

describe('a write fault on a pageless frame', () => {
  const ops = [
    device('s', 'rw', { mkw: 'pfn' }),
    at('flags', 0, { set: 'MIXEDMAP' }),
    at('insert_mixed', 0, { frame: 'D0' }),
    at('write', 0, { val: 1 }),
  ];

  test('mips with cache aliases: local_r4k_flush_cache_page', () => {
    expect(deaths(play('mips32r6', ...ops)).at(-1)).toBe('oops in local_r4k_flush_cache_page');
  });

  test('once user code has read it, the flush goes by the user address', () => {
    const [map, flags, insert, write] = ops;
    const played = play('mips32r6', map!, flags!, insert!, at('read', 0), write!);
    expect(deaths(played)).toEqual([null, null, null, null, null]);
  });

  test('mips without cache aliases does not use what it finds', () => {
    expect(deaths(play('mips32r2', ...ops))).toEqual([null, null, null, null]);
  });
});

describe('fork', () => {
  const private_copy = [device('p', 'rw', { fault: 'page:P0' }), at('write', 0, { val: 1 })];
  const fork = { name: 'fork', child: 1 };

  test('of an anonymous page in a VMA that is no COW mapping any more is a BUG', () => {
    const played = play('x86_64', ...private_copy, at('flags', 0, { clear: 'MAYWRITE' }), fork);
    expect(deaths(played)).toEqual([null, null, null, 'BUG in folio_needs_cow_for_dma']);
    expect(played.at(-1)!.apart).toBe('bug');
  });

  test('of a COW mapping is none', () => {
    expect(deaths(play('x86_64', ...private_copy, fork))).toEqual([null, null, null]);
  });
});

test('in a log, the event ends there and its world is the one before', () => {
  const [header, begin] = opening('riscv64').map((line) => JSON.parse(line));
  const arch = findArchitecture(architectures, 'riscv64')!;
  const lane = { arch, machine: labMachine(header, begin), files: labFiles };
  const player = new LanePlayer(kernelOptions(lane), createWorld(lane));
  const addr = 0x20000000;
  player.step({
    type: 'mmap',
    mm: 0,
    at: { addr },
    pages: 1,
    prot: 3,
    flags: 0x11,
    pgoff: 0,
    file: 'dev',
    ops: {},
    call: [{ type: 'remap_pfn_range', at: { label: '', page: 0 }, frame: { label: 'D0' }, pages: 1 }],
  });
  const before = player.world();
  const outcome = player.step({ type: 'mprotect', mm: 0, at: { addr }, pages: 1, prot: 5 });
  const pfn = Number.parseInt(begin.frames.D0, 16).toString(16);
  expect(outcome.crash).toEqual({ kind: 'oops', what: `struct page of pfn ${pfn}`, where: 'flush_icache_pte' });
  expect(coarseOf(player.world())).toEqual(coarseOf(before));
});
