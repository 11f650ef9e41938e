// SPDX-License-Identifier: GPL-2.0-or-later
/** Every example, its replay and its comparison: `expected/NAME.replay.txt`, `expected/NAME.compare.txt`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root, specialbit } from './specialbit.testkit.js';

const folder = join(root, 'examples');
const names = readdirSync(folder).flatMap((name) => (name.endsWith('.jsonl') ? [name.replace('.jsonl', '')] : []));
const expected = (name: string): string => join(folder, 'expected', name);

interface Header {
  readonly title?: string;
  readonly description?: readonly string[];
  readonly arch: readonly string[];
}

const headerOf = (name: string): Header =>
  JSON.parse(readFileSync(join(folder, `${name}.jsonl`), 'utf8').split('\n')[0]!) as Header;

describe.each(names)('example %s', (name) => {
  const header = headerOf(name);
  const log = `examples/${name}.jsonl`;

  it('says what it shows', () => {
    expect(header.title).toBeTruthy();
    expect(header.description?.length).toBeGreaterThan(0);
    expect(header.arch.length).toBeGreaterThan(0);
  });

  it('replays as expected', async () => {
    const { code, out, err } = await specialbit(['replay', log]);
    // the kernel dies in an event of a log that does not say that it expects so
    const dies = /the kernel\s+would\s+die\s+here/.test(out) && !/^\d+ expectations?: /m.test(out);
    expect([code, err]).toEqual([dies ? 1 : 0, '']);
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(78);
    await expect(out).toMatchFileSnapshot(expected(`${name}.replay.txt`));
  });

  it.runIf(header.arch.length > 1)('compares as expected', async () => {
    const { code, out, err } = await specialbit(['compare', log]);
    expect(err).toBe('');
    expect(code).toBe(/^lanes agree/m.test(out) ? 0 : 1);
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(78);
    await expect(out).toMatchFileSnapshot(expected(`${name}.compare.txt`));
  });
});

it('every expectation belongs to an example', () => {
  const known = new Set(names.flatMap((name) => [`${name}.replay.txt`, `${name}.compare.txt`]));
  for (const file of readdirSync(join(folder, 'expected'))) {
    if (file.endsWith('.replay.txt') || file.endsWith('.compare.txt')) expect(known).toContain(file);
  }
});

describe('the stories', () => {
  const compare = async (name: string, ...args: string[]): Promise<{ code: number; result: Comparison }> => {
    const { code, out } = await specialbit(['compare', '--json', `examples/${name}.jsonl`, ...args]);
    return { code, result: JSON.parse(out) as Comparison };
  };
  const world = async (name: string, ...args: string[]): Promise<World> => {
    const { out } = await specialbit(['replay', '--json', `examples/${name}.jsonl`, '--arch', 'x86_64', ...args]);
    return (JSON.parse(out.trimEnd().split('\n').at(-1)!) as { worlds: World[] }).worlds[0]!;
  };

  it('S01: the same driver pins its pages on one of two architectures', async () => {
    const { code, result } = await compare('s01-same-driver', '--at', '3');
    expect(code).toBe(1);
    const counts = result.worlds.map(({ frames }) => frames.find(({ label }) => label === 'P0')!.count);
    expect(result.lanes).toEqual(['arm-lpae', 'arm']);
    expect(counts).toEqual([1, 2]);
  });

  it('S08: what a revocation misses while ->mmap runs survives; after linking nothing does', async () => {
    const ptes = ({ processes }: World): number =>
      processes.flatMap(({ vmas }) => vmas).flatMap((vma) => vma.ptes).length;
    expect(ptes(await world('s08-prepopulate-race'))).toBe(2);
    expect(ptes(await world('s08-populate-after-link'))).toBe(0);
  });

  it('S12: nobody counts the zero page', async () => {
    const { code, result } = await compare('s12-zero-page', '--at', '2');
    expect(code).toBe(0);
    for (const { frames } of result.worlds) expect(frames.find(({ label }) => label === 'Z')!.count).toBe(1);
  });

  it('S13: the copy is misread, and leaks', async () => {
    const misread = await compare('s13-cow-linear-rule', '--at', '3');
    const verdicts = misread.result.worlds.map(
      ({ processes }) => processes[0]!.vmas[0]!.ptes.find(({ at }) => at === 'map[1]')!.verdict,
    );
    expect(verdicts).toEqual(['page', 'NULL']);
    const { result } = await compare('s13-cow-linear-rule');
    expect(result.worlds.map(({ frames }) => frames.filter(({ leaked }) => leaked).length)).toEqual([0, 1]);
  });
});

interface World {
  readonly frames: readonly { readonly label: string; readonly count: number; readonly leaked: boolean }[];
  readonly processes: readonly {
    readonly vmas: readonly { readonly ptes: readonly { readonly at: string; readonly verdict: string }[] }[];
  }[];
}

interface Comparison {
  readonly lanes: readonly string[];
  readonly worlds: readonly World[];
}
