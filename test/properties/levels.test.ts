// SPDX-License-Identifier: GPL-2.0-or-later
/** Random events on mappings that hold PMDs: the huge zero folio, and huge pfn mappings of a driver. */
import { architectures as special } from '@specialbit/arch-special';
import { architectures as x86 } from '@specialbit/arch-x86';
import {
  createWorld,
  diffWorlds,
  kernelOptions,
  type LaneOptions,
  LEVEL_NAMES,
  linux_6_1,
  linux_6_12,
  linux_6_18,
  Player,
  Timeline,
  type World,
} from '@specialbit/core';
import type { Architecture } from '@specialbit/core/arch';
import { codecOf, decideEntry, type Kernel, PTE } from '@specialbit/core/kernel';
import { type LogEvent, parseLog } from '@specialbit/events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkCounts, checkStructure } from './invariants.js';
import { runs } from './runs.js';
import { worldText } from './world-text.js';

const named = (name: string): Architecture => [...x86, ...special].find((arch) => arch.name === name)!;
const LANES: readonly [string, LaneOptions][] = (
  [
    ['x86_64', linux_6_12],
    ['x86_64', linux_6_1],
    ['x86_64', linux_6_18],
    ['i386', linux_6_12],
    ['arm64', linux_6_12],
    ['loongarch64', linux_6_12],
  ] as const
).map(([name, profile]) => {
  const arch = named(name);
  const frames = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`P${i}`, 0x1000 + i]));
  const machine = {
    ...{ ram: [[0x100, 0x8000] as const], highest_memmap_pfn: 0x7fff, zero_pfn: 0x200, zero_pages: 1 },
    ...{ huge_zero_pfn: 0x4000, frames: { ...frames, HZ: 0x4000, G0: 0x100000 } },
  };
  return [`${name}@${profile.version}`, { arch, profile, machine, files: { dev: { kind: 'device', pages: 0 } } }];
});

const wish = fc.record({ what: fc.nat(19), a: fc.nat(9999), b: fc.nat(9999), c: fc.nat(9999) });
type Wish = { readonly what: number; readonly a: number; readonly b: number; readonly c: number };

/** Events of a log, by the pages that a PMD has. */
function eventsOf(wishes: readonly Wish[], pmd: number, page: number): LogEvent[] {
  const size = 3 * pmd;
  const lines: object[] = [
    {
      type: 'mmap',
      label: 'heap',
      at: `0x${(4 * pmd * page).toString(16)}`,
      pages: size,
      prot: 'rw',
      flags: 'MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED',
    },
  ];
  for (const [label, at, flag] of [
    ['bar', 8, 'VM_PFNMAP'],
    ['mix', 12, 'VM_MIXEDMAP'],
  ] as const) {
    const call = [{ type: 'vm_flags_mod', set: flag }];
    lines.push({
      type: 'mmap',
      label,
      at: `0x${(at * pmd * page).toString(16)}`,
      pages: size,
      prot: 'rw',
      file: 'dev',
      flags: 'MAP_SHARED|MAP_FIXED',
      call,
    });
  }
  let child = 1;
  for (const { what, a, b, c } of wishes) {
    const label = ['heap', 'heap', 'bar', 'mix'][a % 4]!;
    // near the borders of PMDs more often than not
    const at = c % 3 === 0 ? b % size : (b % 3) * pmd;
    const place = { at: `${label}[${at}]` };
    const range = { ...place, pages: Math.min(size - at, [1, pmd, pmd - 1, pmd + 1, size][c % 5]!) };
    const mm = b % 5 === 0 && child > 1 ? { mm: child - 1 } : {};
    const make: readonly (() => object)[] = [
      () => ({ type: 'read', ...place, ...mm }),
      () => ({ type: 'read', ...place, ...mm }),
      () => ({ type: 'write', ...place, value: a % 200, ...mm }),
      () => ({
        type: 'vmf_insert_pfn_pmd',
        at: `${c % 2 === 0 ? 'bar' : 'mix'}[${at}]`,
        frame: 'G0',
        write: a % 2 === 0,
        ...mm,
      }),
      () => ({ type: 'vmf_insert_pfn_pmd', at: `bar[${at}]`, frame: 'G0', write: a % 2 === 0, ...mm }),
      () => ({ type: 'vmf_insert_pfn', at: `bar[${at}]`, frame: 'G0', ...mm }),
      () => ({ type: 'vm_insert_page', at: `mix[${at}]`, frame: `P${a % 8}`, ...mm }),
      () => ({ type: 'zap_vma_ptes', ...range, ...mm }),
      () => ({ type: 'unmap_mapping_range', file: 'dev', pgoff: at, pages: range.pages }),
      () => ({
        type: 'madvise',
        ...range,
        advice: ['MADV_DONTNEED', 'MADV_FREE', 'MADV_COLD', 'MADV_DONTFORK'][a % 4],
        ...mm,
      }),
      () => ({ type: 'mprotect', ...range, prot: a % 2 === 0 ? 'r' : 'rw', ...mm }),
      () => ({ type: 'mprotect', ...range, prot: 'rw', ...mm }),
      () => ({ type: 'munmap', ...range, ...mm }),
      () => ({ type: 'mlock', ...range, ...mm }),
      () => ({
        type: 'mremap',
        ...range,
        new_pages: range.pages,
        flags: 'MREMAP_MAYMOVE|MREMAP_FIXED',
        to: `0x${((16 + (c % 3)) * pmd * page + (a % 2) * page).toString(16)}`,
        ...mm,
      }),
      () => ({ type: 'pin_user_pages', at: `heap[${at}]`, write: a % 2 === 0, hold: c % 2 === 0, ...mm }),
      () => ({ type: 'pin_user_pages_fast', at: `heap[${at}]`, hold: false, ...mm }),
      () => ({ type: 'unpin_user_pages' }),
      () => ({ type: 'fork', child: child++ }),
      () => (child > 1 ? { type: 'exit', mm: --child } : { type: 'read', at: 'heap' }),
    ];
    lines.push(make[what]!());
  }
  return [...parseLog(['{"specialbit":1}', ...lines.map((line) => JSON.stringify(line))].join('\n')).events];
}

describe.each(LANES)('on %s', (_, lane) => {
  const options = kernelOptions(lane);
  const { arch } = options;
  const pmd = arch.pmd!.pages;

  it('what is mapped is mapped once, counted as it should be, and as every moment remembers it', () => {
    fc.assert(
      fc.property(fc.array(wish, { maxLength: 30 }), (wishes) => {
        const start = createWorld(lane);
        const session = new Player(options, start);
        const events: LogEvent[] = [];
        const worlds: World[] = [start];
        for (const event of eventsOf(wishes, pmd, arch.page.size)) {
          try {
            session.step(event);
          } catch {
            // a process or mapping that is not there
            continue;
          }
          events.push(event);
          const k = session.kernel;
          expect([...checkStructure(k), ...checkLevels(k), ...checkCounts(k, {})]).toEqual([]);
          worlds.push(session.world());
        }
        const timeline = new Timeline({ options, world: start }, events, { every: 8 });
        for (let n = 0; n <= events.length; n++) {
          expect(worldText(arch, timeline.at(n))).toBe(worldText(arch, worlds[n]!));
        }
        // every change is found again, and who made it
        const last = new Map<string, number>();
        for (let n = 0; n < events.length; n++) {
          const { ptes } = diffWorlds(arch, worlds[n]!, worlds[n + 1]!);
          for (const { mm, vpn, level } of ptes) {
            if (level !== 'pte' || vpn % 64 === 0) last.set(`${mm} ${vpn}`, n);
          }
        }
        for (const [key, n] of [...last].slice(-40)) {
          const [mm, vpn] = key.split(' ').map(Number) as [number, number];
          expect([key, timeline.lastWriter({ pte: { mm, vpn } }, events.length)?.index]).toEqual([key, n]);
        }
      }),
      runs(15),
    );
  });
});

/** Entries above the PTE level are leaves, aligned, within one VMA, and nothing is below them. */
function checkLevels(k: Kernel): string[] {
  const wrong: string[] = [];
  const p = { lo: 0, hi: 0 };
  for (const mm of k.mms.values()) {
    let end = 0;
    let huge = 0;
    mm.pt.forEachEntry(0, k.arch.task_pages, p, (first, level) => {
      const at = `mm ${mm.id} ${LEVEL_NAMES[level]} ${first}`;
      if (first < end) wrong.push(`${at}: mapped already, up to ${end}`);
      if (level === PTE) {
        end = first + 1;
        return;
      }
      huge++;
      const codec = codecOf(k.arch, level)!;
      const { pages } = k.arch.pmd!;
      end = first + pages;
      const vma = mm.vma_lookup(first);
      if (first % pages !== 0) wrong.push(`${at}: not aligned`);
      if (vma === undefined || end > vma.vm_end) wrong.push(`${at}: not within a VMA`);
      else if (decideEntry(k, vma, first, level, p) === null) wrong.push(`${at}: nobody decides`);
      if (codec.none(p)) wrong.push(`${at}: empty`);
    });
    if (huge !== mm.pt.huge) wrong.push(`mm ${mm.id}: ${mm.pt.huge} huge entries are counted, ${huge} are there`);
  }
  return wrong;
}

/** Processor time, the best of three, in milliseconds. */
function cost(run: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 3; i++) {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}

it('eight times as many PMDs take about eight times as long', { timeout: 120_000 }, () => {
  const [, lane] = LANES[0]!;
  const options = kernelOptions(lane);
  const pmd = options.arch.pmd!.pages;
  const play = (n: number): void => {
    const map = {
      type: 'mmap',
      label: 'bar',
      at: '0x40000000',
      pages: n * pmd,
      prot: 'rw',
      file: 'dev',
      flags: 'MAP_SHARED|MAP_FIXED',
      call: [{ type: 'vm_flags_mod', set: 'VM_PFNMAP' }],
    };
    const [mmap] = parseLog(`{"specialbit":1}\n${JSON.stringify(map)}`).events;
    const session = new Player(options, createWorld(lane));
    session.step(mmap!);
    for (let i = 0; i < n; i++) {
      session.step({
        type: 'vmf_insert_pfn_pmd',
        mm: 0,
        at: { label: 'bar', page: i * pmd },
        frame: { pfn: 0x100000 + i * pmd },
        write: true,
      });
    }
    session.step({ type: 'fork', mm: 0, child: 1 });
    session.step({ type: 'mprotect', mm: 0, at: { label: 'bar', page: 0 }, pages: n * pmd, prot: 1 });
    session.step({ type: 'zap_vma_ptes', mm: 0, at: { label: 'bar', page: 0 }, pages: n * pmd });
    session.step({ type: 'exit', mm: 1 });
    expect(session.kernel.mms.get(0)!.pt.huge).toBe(0);
  };
  play(500);
  const [few, many] = [cost(() => play(2000)), cost(() => play(16_000))];
  // a cost that grows with the square would be 64 times as much
  expect(many).toBeLessThan(24 * few + 100);
});
