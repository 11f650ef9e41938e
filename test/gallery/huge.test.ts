// SPDX-License-Identifier: GPL-2.0-or-later
import { architectures } from '@specialbit/arch-x86';
import { createWorld, kernelOptions, type LaneOptions, linux_6_12, Player, type World } from '@specialbit/core';
import { openWorld } from '@specialbit/core/kernel';
import { type LogEvent, parseLog } from '@specialbit/events';
import { describe, expect, it } from 'vitest';

const arch = architectures.find(({ name }) => name === 'x86_64')!;
const lane: LaneOptions = {
  arch,
  profile: linux_6_12,
  files: { dev: { kind: 'device', pages: 0 } },
  machine: {
    ram: [[0x100, 0x8000]],
    highest_memmap_pfn: 0x7fff,
    zero_pfn: 0x200,
    zero_pages: 1,
    huge_zero_pfn: 0x4000,
    frames: { HZ: 0x4000, B0: 0x6000 },
  },
};
const START = 0x40000000 / 4096;
const heap =
  '{"type":"mmap","label":"heap","at":"0x40000000","pages":1024,"prot":"rw","flags":"MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED"}';

function play(...lines: string[]): World {
  const events: readonly LogEvent[] = parseLog(['{"specialbit":1}', heap, ...lines].join('\n')).events;
  const player = new Player(kernelOptions(lane), createWorld(lane));
  for (const event of events) player.step(event);
  return player.world();
}

function state(world: World, mm = 0): { huge: number[]; ptes: number; rss: readonly number[] } {
  const k = openWorld(kernelOptions(lane), world);
  const found = k.mms.get(mm)!;
  let ptes = 0;
  const huge: number[] = [];
  found.pt.forEachEntry(0, arch.task_pages, { lo: 0, hi: 0 }, (vpn, level) => {
    if (level === 0) ptes++;
    else huge.push(vpn);
  });
  return { huge, ptes, rss: found.rss };
}

describe('the huge zero folio', () => {
  it('is mapped by a read of a range that holds a huge page', () => {
    expect(state(play('{"type":"read","at":"heap[600]"}'))).toEqual({
      huge: [START + 512],
      ptes: 0,
      rss: [0, 0, 0, 0],
    });
  });

  it('is not mapped by a write', () => {
    expect(state(play('{"type":"write","at":"heap[600]"}'))).toEqual({ huge: [], ptes: 1, rss: [0, 1, 0, 0] });
  });

  it('is split by a write, and the page that was written is copied', () => {
    const world = play('{"type":"read","at":"heap"}', '{"type":"write","at":"heap[3]","value":7}');
    expect(state(world)).toEqual({ huge: [], ptes: 512, rss: [0, 1, 0, 0] });
  });

  it('is split where only a part is unmapped, and goes as a whole otherwise', () => {
    const read = ['{"type":"read","at":"heap"}', '{"type":"read","at":"heap[512]"}'];
    const world = play(...read, '{"type":"munmap","at":"heap[1000]","pages":24}');
    expect(state(world)).toEqual({ huge: [START], ptes: 488, rss: [0, 0, 0, 0] });
    expect(state(play(...read, '{"type":"madvise","at":"heap","pages":1024,"advice":"MADV_DONTNEED"}')).huge).toEqual(
      [],
    );
  });

  it('does not make other faults happen twice', () => {
    const player = new Player(kernelOptions(lane), createWorld(lane));
    const [mmap, read] = parseLog(
      [
        '{"specialbit":1}',
        '{"type":"mmap","label":"dev","pages":1,"prot":"rw","file":"dev","ops":{"fault":{"do":"sigbus"}}}',
        '{"type":"read","at":"dev"}',
      ].join('\n'),
    ).events as [LogEvent, LogEvent];
    player.step(mmap);
    expect(player.step(read)).toMatchObject({ signal: 'SIGBUS', calls: [1, 0, 0] });
  });

  it('is copied by fork', () => {
    const world = play('{"type":"read","at":"heap"}', '{"type":"fork","child":1}');
    expect([state(world).huge, state(world, 1).huge]).toEqual([[START], [START]]);
  });
});

describe('a huge pfn mapping', () => {
  const bar =
    '{"type":"mmap","label":"bar","at":"0x50000000","pages":512,"prot":"rw","file":"dev","flags":"MAP_SHARED|MAP_FIXED","call":[{"type":"vm_flags_mod","set":"VM_PFNMAP"}]}';

  it('is unmapped as a whole when a part goes, and counts nothing', () => {
    const insert = '{"type":"vmf_insert_pfn_pmd","at":"bar","frame":"B0"}';
    expect(state(play(bar, insert))).toEqual({ huge: [0x50000], ptes: 0, rss: [0, 0, 0, 0] });
    expect(state(play(bar, insert, '{"type":"munmap","at":"bar[511]","pages":1}')).huge).toEqual([]);
  });

  it('kills the kernel outside of VM_PFNMAP and VM_MIXEDMAP', () => {
    const player = new Player(kernelOptions(lane), createWorld(lane));
    const [mmap, insert] = parseLog(
      ['{"specialbit":1}', bar.replace(/,"call".*/, '}'), '{"type":"vmf_insert_pfn_pmd","at":"bar","frame":"B0"}'].join(
        '\n',
      ),
    ).events as [LogEvent, LogEvent];
    player.step(mmap);
    expect(player.step(insert).crash).toMatchObject({ kind: 'BUG', where: 'vmf_insert_pfn_pmd' });
  });
});
