// SPDX-License-Identifier: GPL-2.0-or-later
/** Huge pages in smaps, in page table dumps, and in snapshots that a log begins with. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWorld, DEFAULT_PROFILE, kernelOptions, laneOf, Player } from '@specialbit/core';
import { PMD } from '@specialbit/core/kernel';
import { parseLog } from '@specialbit/events';
import { checkPagemap, checkSizes, formatDifference } from '@specialbit/importers';
import { importTraces, readMaps, readPagemap, readSmaps } from '@specialbit/importers/node';
import { describe, expect, it } from 'vitest';
import { registry } from '../arch/configurations.js';

const dir = mkdtempSync(join(tmpdir(), 'specialbit-'));
let files = 0;
function write(text: string): string {
  const path = join(dir, `file${files++}.txt`);
  writeFileSync(path, text);
  return path;
}

const arch = registry.get('x86_64');

function play(text: string): Player {
  const { header, events } = parseLog(text);
  const lane = laneOf(header, arch, DEFAULT_PROFILE);
  const player = new Player(kernelOptions(lane), createWorld(lane));
  for (const event of events) player.step(event);
  return player;
}

/** A huge page that two processes share, of which the second has unmapped half. */
const LOG = `{"specialbit":1,"thp":"always"}
{"type":"mmap","at":"0x7f0000200000","pages":512,"prot":"rw","flags":"MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED"}
{"type":"write","at":"0x7f0000200000"}
{"type":"fork","child":1}
{"type":"munmap","mm":1,"at":"0x7f0000200000","pages":256}
`;

const smaps = (sizes: Readonly<Record<string, number>>, at = '7f0000200000'): string =>
  `${at}-7f0000400000 rw-p 00000000 00:00 0 \n${Object.entries(sizes)
    .map(([name, kb]) => `${`${name}:`.padEnd(16)}${String(kb).padStart(8)} kB\n`)
    .join('')}VmFlags: rd wr mr mw me ac \n`;

async function sizesOf(mm: number, text: string, pss = true): Promise<string[]> {
  const { value } = await readSmaps(write(text));
  const { kernel } = play(LOG);
  return checkSizes(kernel, kernel.mms.get(mm)!, value, { pss }).differences.map(formatDifference);
}

describe('smaps', () => {
  const right = { Rss: 2048, Pss: 1536, Anonymous: 2048, AnonHugePages: 2048, ShmemPmdMapped: 0, FilePmdMapped: 0 };

  it('has huge pages, and Pss of what is anonymous', async () => {
    expect(await sizesOf(0, smaps(right))).toEqual([]);
    // the other has PTEs left, of the pages that both map
    const half = { ...right, Rss: 1024, Pss: 512, Anonymous: 1024, AnonHugePages: 0 };
    expect(await sizesOf(1, smaps(half, '7f0000300000'))).toEqual([]);
  });

  it.each([
    ['AnonHugePages', 0],
    ['ShmemPmdMapped', 2048],
    ['FilePmdMapped', 2048],
    ['Pss', 2048],
  ])('%s that is not so is a difference', async (name, kb) => {
    const [difference] = await sizesOf(0, smaps({ ...right, [name]: kb }));
    expect(difference).toContain(`${name} ${kb}`);
  });

  it('of a kernel that does not say how much is huge is compared all the same, and Pss not where others run on', async () => {
    expect(await sizesOf(0, smaps({ Rss: 2048, Anonymous: 2048, Pss: 2048 }), false)).toEqual([]);
    expect(await sizesOf(0, smaps({ Rss: 2048, Anonymous: 0, Pss: 1 }))).toHaveLength(1);
  });
});

describe('page tables', () => {
  const entry = (va: string, pm: readonly string[], more = ''): string =>
    `{"va":"${va}","pm":${JSON.stringify(pm)}${more}}\n`;

  async function pagesOf(mm: number, text: string): Promise<string[]> {
    const { value } = await readPagemap(write(text));
    const { kernel } = play(LOG);
    return checkPagemap(kernel, kernel.mms.get(mm)!, value).differences.map(formatDifference);
  }

  it.each([['huge'], ['lvl']])('have entries that are huge (%s)', async (how) => {
    const pm = how === 'huge' ? ['present', 'huge'] : ['present'];
    const more = how === 'huge' ? '' : ',"lvl":2';
    const { kernel } = play(LOG);
    expect(kernel.mms.get(0)!.pt.getHuge(PMD, 0x7f0000200, { lo: 0, hi: 0 })).toBe(true);
    const found = await pagesOf(0, entry('7f0000200000', pm, more));
    expect(found.filter((text) => text.startsWith('7f0000200000'))).toEqual([]);
    // and where PTEs map there is no huge one
    expect(await pagesOf(1, entry('7f0000200000', pm, more))).toContain(
      '7f0000200000 page: expected anon, found nothing',
    );
  });

  it('say which pages a process has alone', async () => {
    const shared = entry('7f0000300000', ['present']);
    const alone = entry('7f0000300000', ['present', 'exclusive']);
    const at = (list: string[]): string[] => list.filter((text) => text.startsWith('7f0000300000'));
    expect(at(await pagesOf(1, shared))).toEqual([]);
    expect(at(await pagesOf(1, alone))).toHaveLength(1);
  });
});

it('a snapshot with a huge page begins a log with one, and with small pages beside it', async () => {
  const maps = '7f0000200000-7f0000800000 rw-p 00000000 00:00 0 \n';
  const pages = [
    { line: 1, vpn: 0x7f0000200, level: 2, pfn: 0x236600 },
    { line: 2, vpn: 0x7f0000400, level: 1, pfn: 0x176f81 },
  ].map((page) => ({
    ...page,
    pm: ['present'],
    pagemap_zero: false,
    mapcount: 1,
    refcount: 1,
    pte: undefined,
    special: false,
    large: page.level === 2,
  }));
  const imported = await importTraces([{ format: 'strace', path: write('1 1.0 munmap(0x7f0000700000, 4096) = 0\n') }], {
    architecture: (name) => registry.get(name),
    base: {
      maps: (await readMaps(write(maps))).value,
      pages,
    },
  });
  expect(imported.header.thp).toEqual({ enabled: 'always' });
  const lane = laneOf(imported.header, arch, DEFAULT_PROFILE);
  const player = new Player(kernelOptions(lane), createWorld(lane));
  for (const event of imported.events) player.step(event);
  const { kernel } = player;
  const { pt } = kernel.mms.get(1)!;
  const p = { lo: 0, hi: 0 };
  expect(pt.getHuge(PMD, 0x7f0000200, p)).toBe(true);
  expect(arch.pmd!.pfn(p)).toBe(0x236600);
  expect(pt.getHuge(PMD, 0x7f0000400, p)).toBe(false);
  pt.get(0x7f0000400, p);
  expect(kernel.pte.pfn(p)).toBe(0x176f81);
  expect(kernel.thp.state.enabled).toBe('always');
});
