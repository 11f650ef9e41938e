// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit verify --model`: other implementations, good and bad, scored by what real kernels answered. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { PROVEN_PROFILES } from '@specialbit/core';
import { type CorpusFile, corpusFiles, corpusPath, readCorpus } from '@specialbit/corpus';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root, specialbit } from '../cli/specialbit.testkit.js';

const own = `'${process.execPath}' '${join(root, 'packages/cli/bundle/bin.js')}' transcribe -`;
const files = corpusFiles();
const file = (release: string, machine: string): CorpusFile =>
  files.find((one) => one.release === release && one.machine === machine && /\/random\./.test(one.name))!;
const arm = corpusPath(file('7.3', 'arm'));
const x86 = corpusPath(file('6.12', 'x86_64'));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'specialbit-model-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Tally {
  readonly steps: number;
  readonly right: number;
  readonly wrong: number;
  readonly missing: number;
}
interface Scored {
  readonly total: Tally;
  readonly files: readonly (Tally & { readonly problems: readonly string[] })[];
  readonly machines: Readonly<Record<string, Tally>>;
  readonly kinds: Readonly<Record<string, Tally>>;
  readonly operations: Readonly<Record<string, Tally>>;
  readonly fields: Readonly<Record<string, { readonly compared: number; readonly agree: number }>>;
}

async function scored(
  model: string,
  ...args: string[]
): Promise<{ readonly code: number; readonly err: string; readonly score: Scored }> {
  const { code, out, err } = await specialbit(['verify', '--model', model, '--json', ...args], { codes: true });
  return { code, err, score: JSON.parse(out) as Scored };
}

/** A model that is a script for node, with the transcribed lines of its standard input in `lines`. */
function script(name: string, body: string): string {
  const path = join(folder, `${name}.mjs`);
  const head = `import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
const input = readFileSync(0);
const lines = () => execFileSync('/bin/sh', ['-c', ${JSON.stringify(own)}], { input, maxBuffer: 1 << 28 }).toString().trimEnd().split('\\n');
`;
  writeFileSync(path, head + body);
  return `'${process.execPath}' '${path}'`;
}

describe('a model', () => {
  it('that is specialbit itself is right in every step', async () => {
    const { code, err, score } = await scored(own, arm, x86);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const { steps, right, wrong, missing } = score.total;
    expect({ right, wrong, missing }).toEqual({ right: steps, wrong: 0, missing: 0 });
    expect(steps).toBeGreaterThan(300);
    expect(Object.keys(score.machines)).toEqual(['arm, 7.3.4', 'x86_64, 6.12.117']);
    expect(Object.values(score.fields).every(({ compared, agree }) => compared === agree)).toBe(true);
    const sums = [score.machines, score.kinds, score.operations].map((by) =>
      Object.values(by).reduce((n, one) => n + one.steps, 0),
    );
    expect(sums).toEqual([steps, steps, steps]);
  });

  it('that has a fault is told where', async () => {
    const faulty = script(
      'faulty',
      'for (const line of lines()) console.log(line.replace(/"rss":\\[(\\d+),(\\d+)/g, (_, a, b) => \'"rss":[\' + a + \',\' + 2 * b));\n',
    );
    const { code, err, score } = await scored(faulty, arm);
    expect({ code, err }).toEqual({ code: 1, err: '' });
    const differing = Object.entries(score.fields).filter(([, { compared, agree }]) => compared !== agree);
    expect(differing.map(([field]) => field)).toEqual(['rss']);
    expect(score.total.wrong).toBeGreaterThan(10);
    expect(score.total.right).toBeGreaterThan(20);
    const { out } = await specialbit(['verify', '--model', faulty, '--max', '1', arm]);
    expect(out).toMatch(
      /^.*random\.jsonl\.gz:\d+: \S+ step \d+\n {2}mm \d: \w+.*\n {2}rss of mm \d\n {4}kernel {2}\[\d,[1-9]\d*,\d,\d\]\n {4}model {3}\[\d,[1-9]\d*,\d,\d\]\n/,
    );
    for (const line of out.trimEnd().split('\n'))
      if (!line.includes('.jsonl')) expect(line.length).toBeLessThanOrEqual(78);
  });

  it('that crashes, hangs, or prints what is no record is said to, and the next transcript is tried', async () => {
    const half = "const all = lines(); console.log(all.slice(0, 40).join('\\n'));\n";
    const crash = script(
      'crash',
      `if (input.includes('"arch":"arm"')) { ${half} console.error('Segmentation fault'); process.exit(3); }\nconsole.log(lines().join('\\n'));\n`,
    );
    const crashed = await scored(crash, arm, x86);
    expect(crashed.code).toBe(1);
    expect(crashed.err).toMatch(
      /^specialbit: .*7\.3\/arm\/random\.jsonl\.gz: the model ended with 3: Segmentation fault; \d+ of \d+ steps were answered \[model\.answer\]\n$/,
    );
    expect(crashed.score.files[0]).toMatchObject({ wrong: 0, missing: expect.any(Number) });
    expect(crashed.score.files[0]!.right).toBeGreaterThan(10);
    expect(crashed.score.files[0]!.missing).toBeGreaterThan(10);
    expect(crashed.score.files[1]!.right).toBe(crashed.score.files[1]!.steps);

    const hung = await scored('sleep 1000 & sleep 1000', '--timeout', '1', arm);
    expect(hung).toMatchObject({
      code: 1,
      err: expect.stringMatching(/the model was ended after 1 seconds; 0 of \d+ steps were answered \[model\.answer\]/),
    });

    const garbage = script(
      'garbage',
      'console.log(\'hello\\n[1,2]\\n{"scenario":5}\\nnull\'); for (const line of lines()) console.log(line.replace(/"mms":\\[.*/, \'"mms":7}}\'));\n',
    );
    const garbled = await scored(garbage, arm);
    expect(garbled).toMatchObject({
      code: 1,
      err: expect.stringMatching(/3 lines of the model's output are no records, the first: "hello" \[model\.answer\]/),
    });
    expect(garbled.score.total).toMatchObject({ right: 0, missing: 0 });

    expect(await scored('no-such-command-anywhere', arm)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/the model ended with 127/),
    });
    expect(await scored('true', arm)).toMatchObject({ code: 1, err: '', score: { total: { right: 0, wrong: 0 } } });
  });

  const python = ((): boolean => {
    try {
      execFileSync('python3', ['--version'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  })();
  it.skipIf(!python)('in Python, which knows two calls, gets what it deserves (skipped without python3)', async () => {
    const { code, err, score } = await scored(
      `python3 ${join(root, 'examples/models/mmap_and_set_pte.py')}`,
      join(root, 'test/kernels/6.12/x86_64/curated.jsonl.gz'),
      arm,
    );
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(score.machines['arm, 7.3.4']).toMatchObject({ right: 0, wrong: 0 });
    const { right, wrong, missing } = score.machines['x86_64, 6.12.117']!;
    expect(right).toBeGreaterThan(10);
    expect(wrong).toBe(0);
    expect(missing).toBeGreaterThan(right);
    expect(Object.keys(score.operations).filter((name) => score.operations[name]!.right > 0)).toEqual(
      expect.arrayContaining(['mmap', 'setpte']),
    );
  });

  it('is asked for with sense', async () => {
    for (const [args, expected] of [
      [['--model', ' ', arm], /expected a command/],
      [['--model', 'true', '--timeout', '0', arm], /expected 1 second or more/],
      [['--model', 'true', '/nowhere.jsonl'], /no such file/],
      [['--model', 'true'], /expected transcripts/],
      [['--timeout', '3', arm], /--timeout is for --model/],
    ] as const) {
      const { code, err } = await specialbit(['verify', ...args]);
      expect({ code, err }).toMatchObject({ code: 2, err: expect.stringMatching(expected) });
    }
  });
});

describe('the corpus', () => {
  it('is what its index says, of every proven release, and small', () => {
    for (const one of files) {
      const content = gunzipSync(readFileSync(corpusPath(one)));
      expect(createHash('sha256').update(content).digest('hex')).toBe(one.sha256);
      expect(readFileSync(corpusPath(one)).length).toBe(one.bytes);
      const [header, ...records] = readCorpus(one).map((line) => JSON.parse(line));
      expect(header).toMatchObject({ arch: one.arch, kernel: one.kernel });
      const steps = records.filter(({ op }) => op !== undefined);
      expect([steps.length, records.length - steps.length]).toEqual([one.steps, one.scenarios]);
    }
    expect(files.reduce((n, { bytes }) => n + bytes, 0)).toBeLessThan(2_000_000);
    const releases = new Set(files.map(({ release }) => `linux-${release}`));
    for (const { name } of PROVEN_PROFILES) expect(releases).toContain(name);
    expect(new Set(files.map(({ release, machine }) => `${release} ${machine}`)).size).toBeGreaterThan(30);
  });

  it('can be stripped, and the stripped form gives the transcript', async () => {
    const { out } = await specialbit(['transcribe', '--strip', arm]);
    expect(out).not.toContain('"dump"');
    const transcribed = await specialbit(['transcribe', '-'], { input: out });
    expect(transcribed.out.trimEnd().split('\n')).toEqual(readCorpus(file('7.3', 'arm')));
  });

  it('verify --corpus takes all of it', async () => {
    const { code, out } = await specialbit(['verify', '--corpus', '--json']);
    expect(code).toBe(0);
    const { total } = JSON.parse(out) as {
      readonly total: { readonly steps: number; readonly agreeing: number; readonly known: number };
    };
    expect(total).toMatchObject({ agreeing: total.steps, known: 0 });
    expect(total.steps).toBe(files.reduce((n, { steps }) => n + steps, 0));
  });
});
