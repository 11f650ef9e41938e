// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit sweep` and `specialbit merge`, as a user runs them: the same result, whoever does the work. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { interrupted, type Result, specialbit } from './specialbit.testkit.js';

const folder = mkdtempSync(join(tmpdir(), 'specialbit-sweep-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

const FEW = ['--pages', '1', '--mappings', '1', '--frames', 'P0,D0', '--events', 'mmap,vmf_insert_mixed,write,munmap'];
const SWEEP = ['sweep', '--lane', 'x86_64,arm', ...FEW, '--runs', '160', '--job', '40'];

/** What is in a folder, by name. */
const filesOf = (name: string): Record<string, string> =>
  Object.fromEntries(readdirSync(at(name)).map((file) => [file, readFileSync(join(at(name), file), 'utf8')]));

let alone: Result;
beforeAll(async () => {
  alone = await specialbit([...SWEEP, '--workers', '1', '--json', '--corpus', at('alone'), '-o', at('alone.sweep')]);
});

describe('sweep', () => {
  it('finds messages of the kernel, ways, and causes, each in a log of which no event can go', async () => {
    expect(alone).toMatchObject({ code: 0, err: '' });
    const { witnesses, runs, rounds, missing } = JSON.parse(alone.out);
    expect({ runs, rounds, missing }).toEqual({ runs: 160, rounds: 1, missing: 0 });
    const names = witnesses.map(({ name }: { name: string }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['parts because of pte_special', 'way vm_normal_page: null_special_vma']),
    );
    expect(witnesses.every(({ minimal }: { minimal: boolean }) => minimal)).toBe(true);
    expect(new Set(names).size).toBe(names.length);
  });

  it('writes logs that other commands take', async () => {
    const file = readdirSync(at('alone')).find((name) => name.startsWith('parts-because-of-pte_special'))!;
    const compared = await specialbit(['compare', join(at('alone'), file), '--no-state']);
    expect(compared.code).toBe(1);
    expect(compared.out).toContain('lanes first part at event 2');
  });

  it('comes to the same with three threads', async () => {
    const args = ['--workers', '3', '--json', '--corpus', at('three'), '-o', at('three.sweep')];
    expect(await specialbit([...SWEEP, ...args])).toEqual(alone);
    expect(filesOf('three')).toEqual(filesOf('alone'));
    expect(readFileSync(at('three.sweep'), 'utf8')).toBe(readFileSync(at('alone.sweep'), 'utf8'));
  });

  it('starts from a corpus, and loses nothing of it', async () => {
    mkdirSync(at('grown'));
    for (const [name, text] of Object.entries(filesOf('alone'))) writeFileSync(join(at('grown'), name), text);
    const args = ['--runs', '40', '--seed', '2', '--json', '--corpus', at('grown')];
    const { out } = await specialbit([...SWEEP, ...args]);
    const names = (text: string): string[] => JSON.parse(text).witnesses.map(({ name }: { name: string }) => name);
    expect(names(out)).toEqual(expect.arrayContaining(names(alone.out)));
    expect(Object.keys(filesOf('grown'))).toEqual(expect.arrayContaining(Object.keys(filesOf('alone'))));
  });

  it('keeps what was found when it is interrupted', async () => {
    const args = ['--time', '600', '--workers', '2', '--corpus', at('part'), '-o', at('part.sweep')];
    const { code, err } = await interrupted([...SWEEP, ...args], /round 2/);
    expect(code).toBe(0);
    expect(err).toMatch(/^interrupted: \d+ of \d+ jobs are done; this is what they found\n$/m);
    expect(readdirSync(at('part')).length).toBeGreaterThan(0);
    expect((await specialbit(['merge', at('part.sweep')])).code).toBeLessThan(2);
  });

  it.each([
    [['--shard', '3/2', '-o', 'x'], '--shard 3/2: expected a shard of some, as 1/8 to 8/8'],
    [['--queue', 'redis://127.0.0.1:1'], 'no queue at redis://127.0.0.1:1: ECONNREFUSED'],
    [['--runs', '20', '-o', '/dev/full'], '/dev/full: cannot be written: ENOSPC'],
    [['--runs', '20', '--corpus', '/dev/null/x'], '/dev/null/x: cannot be'],
  ])('%j is one line, and exit code 2', async (args, message) => {
    expectRefusal(await specialbit([...SWEEP, ...args]), message);
  });

  it('refuses a corpus with a damaged log, with its line', async () => {
    mkdirSync(at('wrong'));
    writeFileSync(join(at('wrong'), 'wrong.jsonl'), '{"specialbit":1}\n{"type":"mmp"}\n');
    const refused = await specialbit([...SWEEP, '--corpus', at('wrong')]);
    expectRefusal(refused, 'wrong.jsonl:2: type: expected the type of an event');
    expect(readdirSync(at('wrong'))).toEqual(['wrong.jsonl']);
  });
});

describe('shards', () => {
  const shard = (i: number, ...more: string[]): Promise<Result> =>
    specialbit([...SWEEP, '--shard', `${i}/3`, '-o', at(`${i}.sweep`), ...more]);
  beforeAll(async () => {
    for (const i of [1, 2, 3]) expect(await shard(i)).toMatchObject({ code: 0, err: '' });
  });

  it('come to what one run does, in whatever order they are merged, and twice as well', async () => {
    await specialbit(['merge', at('3.sweep'), at('1.sweep'), '-o', at('31.sweep')]);
    const files = [at('2.sweep'), at('31.sweep'), at('3.sweep'), at('2.sweep')];
    const merged = await specialbit(['merge', ...files, '--json', '--corpus', at('merged'), '-o', at('merged.sweep')]);
    expect(merged).toEqual(alone);
    expect(filesOf('merged')).toEqual(filesOf('alone'));
    expect(readFileSync(at('merged.sweep'), 'utf8')).toBe(readFileSync(at('alone.sweep'), 'utf8'));
  });

  it('that are missing are counted', async () => {
    const { code, err } = await specialbit(['merge', at('1.sweep'), at('3.sweep')]);
    expect(code).toBe(1);
    expect(err).toBe('1 of 4 jobs are missing: not all shards are here, or one was interrupted\n');
  });

  it('of other seeds and lanes, damaged files, and others are refused', async () => {
    await specialbit([...SWEEP, '--seed', '7', '--shard', '2/3', '-o', at('other.sweep')]);
    const first = at('1.sweep');
    const merge = (...files: string[]): Promise<Result> => specialbit(['merge', ...files]);
    expectRefusal(
      await merge(first, at('other.sweep')),
      `${first} and ${at('other.sweep')} are of different sweeps: seed 1`,
    );
    writeFileSync(at('cut.sweep'), readFileSync(first));
    truncateSync(at('cut.sweep'), 2000);
    expectRefusal(await merge(first, at('cut.sweep')), /cut\.sweep:\d+: expected \d+ entries behind it, found \d+/);
    const lines = readFileSync(first, 'utf8').split('\n');
    writeFileSync(at('bad.sweep'), lines.with(2, lines[2]!.replace('"type":"', '"type":"x')).join('\n'));
    expectRefusal(await merge(at('bad.sweep')), 'bad.sweep:3: ');
    expectRefusal(
      await merge('examples/s12-zero-page.jsonl'),
      's12-zero-page.jsonl:1: expected the first line of a sweep',
    );
    expectRefusal(await merge(at('none.sweep')), 'none.sweep: no such file');
  });
});

function expectRefusal({ code, out, err }: Result, message: string | RegExp): void {
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(message);
  expect(err.trimEnd().split('\n')).toHaveLength(1);
}
