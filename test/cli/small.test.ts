// SPDX-License-Identifier: GPL-2.0-or-later
/** Small promises of the command, each tried in this process. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_PROFILE } from '@specialbit/core';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { specialbit } from '../kernels/verify.testkit.js';

const folder = mkdtempSync(join(tmpdir(), 'small-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, ...records: object[]): string {
  const path = join(folder, name);
  writeFileSync(path, `${records.map((record) => JSON.stringify(record)).join('\n')}\n`);
  return path;
}

const HEADER = { specialbit: 1, files: { dev: { kind: 'device' } } };
const DIES = [
  { type: 'mmap', label: 'm', pages: 1, prot: 'rw', file: 'dev' },
  { type: 'vmf_insert_pfn', at: 'm', frame: 'D0' },
];

/** The help of a command, which goes to this process's own output. */
async function helpOf(...command: string[]): Promise<string> {
  let text = '';
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((part) => {
    text += String(part);
    return true;
  });
  try {
    const { out } = await specialbit(...command, '--help');
    return text + out;
  } finally {
    spy.mockRestore();
  }
}

/** Names of the commands that a help lists, without `help`. */
async function commandsOf(...of: string[]): Promise<string[]> {
  const part = /^Commands:\n((?: .*\n)+)/m.exec(await helpOf(...of))?.[1] ?? '';
  return [...part.matchAll(/^ {2}([a-z-]+)/gm)].map(([, name]) => name!).filter((name) => name !== 'help');
}

async function leaves(...of: string[]): Promise<string[][]> {
  const names = of.length < 2 ? await commandsOf(...of) : [];
  if (names.length === 0) return [of];
  const found: string[][] = [];
  for (const name of names) found.push(...(await leaves(...of, name)));
  return found;
}

describe('--json', () => {
  it('is an option of every command', async () => {
    const commands = await leaves();
    expect(commands.length).toBeGreaterThan(20);
    const without: string[] = [];
    for (const command of commands) {
      if (!/^ {2}--json /m.test(await helpOf(...command))) without.push(command.join(' '));
    }
    expect(without).toEqual([]);
  });

  const log = 'examples/s10-binder.jsonl';
  const maps = join(folder, 'maps');
  writeFileSync(maps, '7f0000000000-7f0000002000 rw-p 00000000 00:00 0 \n');

  it.each([
    [
      ['step', log, '--at', '3', '--json'],
      ['file', 'at', 'event', 'lanes', 'parted'],
    ],
    [
      ['export', log, '--format', 'markdown', '--arch', 'x86_64,arm', '--json'],
      ['log', 'format', 'text'],
    ],
    [
      ['export', log, '--format', 'chrome-trace', '--json'],
      ['log', 'format', 'trace'],
    ],
    [
      ['record', '--print', '--json'],
      ['with', 'probes', 'kernel', 'script'],
    ],
    [
      ['import', 'maps', maps, '--json'],
      ['header', 'events', 'summary'],
    ],
    [
      ['transcribe', 'test/kernels/6.12/arm/curated.jsonl.gz', '--json'],
      ['file', 'records'],
    ],
    [
      ['gallery', 'show', 'S13', '--json'],
      ['id', 'title', 'sources', 'story', 'lanes', 'header', 'events'],
    ],
  ])('of %j is one object', async (args, members) => {
    const { code, out } = await specialbit(...args);
    expect(code).toBe(0);
    expect(Object.keys(JSON.parse(out))).toEqual(expect.arrayContaining(members));
  });
});

it('@latest and @newest are the newest kernel that is proven', async () => {
  for (const name of ['latest', 'newest']) {
    const { out } = await specialbit('replay', 'examples/s10-binder.jsonl', '--arch', `arm@${name}`);
    expect(out).toContain(`${DEFAULT_PROFILE.name}, after`);
  }
  const { err } = await specialbit('kernel', 'show', 'latestt');
  expect(err).toContain('and latest');
});

describe('gallery', () => {
  it.each(['s13', 'S13', 's13-COW-linear-rule'])('takes %s', async (name) => {
    const { code, out } = await specialbit('gallery', 'show', name);
    expect([code, out]).toEqual([0, expect.stringContaining('S13: ')]);
  });

  it('show prints a log and a command that can be used as they stand', async () => {
    const { out } = await specialbit('gallery', 'show', 'S13');
    const log = out.split('\n').filter((line) => line.startsWith('{'));
    const copy = join(folder, 'copied.jsonl');
    writeFileSync(copy, `${log.join('\n')}\n`);
    const replayed = await specialbit('replay', copy, '--no-events', '--arch', 'arm');
    const [, path] = /^\$ specialbit compare (\S+) /m.exec(out)!;
    const original = await specialbit('replay', path!, '--no-events', '--arch', 'arm');
    expect(replayed).toEqual(original);
    expect(replayed.code).toBe(0);
  });
});

describe('replay exits', () => {
  it('with 1 after a BUG that nobody expected', async () => {
    const { code, out } = await specialbit('replay', file('dies.jsonl', HEADER, ...DIES));
    expect([code, out]).toEqual([1, expect.stringContaining('would die here')]);
  });

  it('with 0 after one that the log expects', async () => {
    const log = file('expected.jsonl', HEADER, ...DIES, { type: 'expect', crash: 'neither PFNMAP nor MIXEDMAP' });
    expect((await specialbit('replay', log)).code).toBe(0);
  });

  it('as its help says', async () => {
    expect((await helpOf('replay')).replace(/\s+/g, ' ')).toContain(
      'where the kernel would die in an event (BUG, oops) of a log that has no',
    );
  });
});

it('an unknown frame names the known ones', async () => {
  const log = file('frame.jsonl', HEADER, DIES[0]!, { type: 'vmf_insert_pfn', at: 'm', frame: 'Q7' });
  const { code, err } = await specialbit('replay', log);
  expect([code, err]).toEqual([2, expect.stringMatching(/no such frame: Q7 \(known: P0 to P\d+, .*D0 to D\d+/)]);
});

it('files of the repository that the help names exist', async () => {
  const missing: string[] = [];
  for (const command of await leaves()) {
    for (const [path] of (await helpOf(...command)).matchAll(/\b(?:examples|test|docs)\/[\w./-]+\w/g))
      if (!existsSync(path)) missing.push(path);
  }
  expect(missing).toEqual([]);
});

it('arch check tries golden vectors on the architecture that they are of', async () => {
  const vectors = 'test/vectors/alpha.json.gz';
  const check = async (what: string): Promise<{ code: number; out: string; err: string }> =>
    await specialbit('arch', 'check', what, '--vectors', vectors, '--runs', '1', '--json');
  const own = await check('alpha');
  const [report] = JSON.parse(own.out) as { checks: { group: string; outcome: string }[] }[];
  expect(report!.checks.find(({ group }) => group === 'vectors')?.outcome).toBe('holds');
  const other = await check('arm64');
  expect([other.code, other.err]).toEqual([
    2,
    expect.stringContaining('the vectors are of alpha, and arm64 is checked'),
  ]);
  // of a plugin with several only the one that is meant
  const plugin = join(folder, 'several.mjs');
  const root = new URL('../../packages/', import.meta.url);
  writeFileSync(
    plugin,
    `export { architectures } from ${JSON.stringify(new URL('arch-nospecial/dist/index.js', root).href)};\n`,
  );
  expect(readFileSync(plugin, 'utf8')).toContain('arch-nospecial');
  const several = JSON.parse((await check(plugin)).out) as { arch: string; checks: { group: string }[] }[];
  const tried = several.filter(({ checks }) => checks.some(({ group }) => group === 'vectors'));
  expect(tried.map(({ arch }) => arch)).toEqual(['alpha']);
});
