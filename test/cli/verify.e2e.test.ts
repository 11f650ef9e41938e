// SPDX-License-Identifier: GPL-2.0-or-later
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { root, specialbit, temporary, transcript, transcriptPath } from './specialbit.testkit.js';

const text = (lines: readonly string[]): string => `${lines.join('\n')}\n`;
const lines = transcript('arm');
/** The first step with an anonymous page. */
const at = lines.findIndex((line) => line.includes('"A0":['));

/** The transcript with one step changed. */
function changed(from: string | RegExp, to: string): string {
  const line = lines[at]!.replace(from, to);
  expect(line).not.toBe(lines[at]);
  return text([...lines.slice(0, at), line, ...lines.slice(at + 1)]);
}

describe('specialbit verify', () => {
  it('finds model and kernels in agreement', async () => {
    const { code, out, err } = await specialbit(['verify', transcriptPath('arm'), transcriptPath('x86_64')]);
    expect(err).toBe('');
    expect(out).toMatch(/^arm +\d+ +[\d,]+ +[\d,]+ +100 %/m);
    expect(out).toMatch(/^x86_64 +\d+ +[\d,]+ +[\d,]+ +100 %/m);
    expect(out).toMatch(/^pte\.raw +[\d,]+ +[\d,]+ +100 %$/m);
    expect(out).toMatch(/model and kernel agree in every field of [\d,]+ steps/);
    expect(out.split('\n').every((line) => line.length <= 78)).toBe(true);
    expect(code).toBe(0);
  });

  it('counts the same whether records are equal as text or not', async () => {
    const json = async (content: string): Promise<Record<string, { compared: number; agree: number }>> => {
      const { out } = await specialbit(['verify', '--json', temporary('t.jsonl', content)]);
      return JSON.parse(out).fields;
    };
    // blanks make every record another text, so that all are compared member by member
    const blank = lines.map((line) => (line.startsWith('{"scenario"') ? line.replace(/\}$/, ' }') : line));
    expect(await json(text(blank))).toEqual(await json(text(lines)));
  });

  it('shows a mismatch as model against kernel', async () => {
    const path = temporary('changed.jsonl', changed(/"A0":\[1,1,/, '"A0":[7,1,'));
    const { code, out } = await specialbit(['verify', path]);
    expect(code).toBe(1);
    expect(out).toMatch(/frame\.count of A0\n +kernel +7\n +model +1\n/);
    expect(out).toContain(`${path}:${at + 1}: `);
    expect(out).toMatch(/frame\.count +[\d,]+ +[\d,]+ +99\.\d+ %/);
    expect(out).toMatch(/model and kernel differ in 1 of [\d,]+ steps \(1 of \d+ scenarios\)/);
  });

  it('gives the same as JSON', async () => {
    const path = temporary('changed.jsonl', changed(/"rss":\[(-?\d+),(-?\d+)/, '"rss":[$1,99'));
    const { code, out } = await specialbit(['verify', '--json', path]);
    const result = JSON.parse(out);
    expect(code).toBe(1);
    expect(result.total.steps - result.total.agreeing).toBe(1);
    expect(result.mismatches).toHaveLength(1);
    expect(result.mismatches[0]).toMatchObject({ file: path, line: at + 1, arch: 'arm' });
    expect(result.mismatches[0].differences[0]).toMatchObject({ field: 'rss', where: 'mm 0' });
    expect(result.fields.rss.compared - result.fields.rss.agree).toBe(1);
  });

  it('reports what is known to differ, and does not fail for it', async () => {
    const { scenario, seq } = JSON.parse(lines[at]!);
    const path = temporary('changed.jsonl', changed(/"A0":\[1,1,/, '"A0":[7,1,'));
    const argument = 'made up for a test';
    const entry = { id: 'made-up', arch: 'arm', where: { scenario, seq, through: seq }, argument };
    const stale = { id: 'stale', where: { scenario: 'nothing-of-the-kind', seq: 1 }, argument: 'no longer so' };
    const known = temporary('known.json', JSON.stringify({ divergences: [entry, stale] }));
    const { code, out } = await specialbit(['verify', '--known', known, path]);
    expect(code).toBe(0);
    expect(out).toContain(`  made-up: met in 1 step\n    ${argument}\n    arm/${scenario}:${seq}  `);
    expect(out).toContain('  stale: not met\n');
    expect(out).toMatch(/differ in 0 of .* and in 1 that are known/);
  });

  it('counts crashed steps apart', async () => {
    const { scenario, seq } = JSON.parse(lines[at]!);
    const oops = JSON.stringify({ scenario, seq, oops: ['Oops: 17 [#1]'] });
    const rest = lines.slice(at + 1);
    const next = rest.findIndex((line) => line.startsWith('{"begin"'));
    const path = temporary('oops.jsonl', text([...lines.slice(0, at), oops, ...rest.slice(next)]));
    const { code, out } = await specialbit(['verify', path]);
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`counted apart, not compared:\\n +1 +.*\\n +1 in arm: ${scenario}:${seq}\\n`));
  });

  it('takes directories, and many threads', async () => {
    const folder = join(dirname(temporary('x', '')), 'kernel/arm');
    mkdirSync(folder, { recursive: true });
    const big = Array.from({ length: 8 }, () => lines.slice(1)).flat();
    writeFileSync(join(folder, 'a.jsonl'), text([lines[0]!, ...big]));
    writeFileSync(join(folder, 'b.jsonl.gz'), gzipSync(text(lines)));
    writeFileSync(join(folder, 'README.md'), 'not a transcript');
    const one = await specialbit(['verify', '--json', '--jobs', '1', dirname(folder)]);
    const many = await specialbit(['verify', '--json', '--jobs', '3', dirname(folder)]);
    const counts = ({ out }: { out: string }): unknown => {
      const { files, total, fields } = JSON.parse(out, (key, value) => (key === 'ms' ? undefined : value));
      return { files, total, fields };
    };
    expect(one.code).toBe(0);
    expect(counts(many)).toEqual(counts(one));
    expect(JSON.parse(one.out).files).toHaveLength(2);
  });

  it.each([
    ['a file that is not there', ['no/such.jsonl'], /^specialbit: no\/such\.jsonl: no such file\n$/],
    ['a directory without transcripts', ['docs/pictures'], /^specialbit: docs\/pictures: no transcripts .*\n$/],
    ['no file at all', [], /^specialbit: expected transcripts, logs or recordings, or --corpus\n$/],
    [
      'lanes for a transcript',
      ['--lane', 'arm', transcriptPath('arm')],
      /^specialbit: --lane and --kernel are for logs.*\n$/,
    ],
    ['a bad number', ['--max', 'many', 'x'], /^specialbit: option '--max <n>' argument 'many' is invalid\. .*\n$/],
  ])('%s is one line of error', async (_, args, message) => {
    const { code, out, err } = await specialbit(['verify', ...args]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(message);
  });

  it.each([
    ['6.12-ptes', 'a dump of page tables (specialbit record --ptes): specialbit explain FILE ADDRESS tells'],
    ['7.3-tracefs-kprobe', 'a recording (ftrace): specialbit import makes'],
  ])('a recording, %s, is called what it is', async (name, what) => {
    const path = join(root, `test/importers/recorded/${name}.txt.gz`);
    const { code, out, err } = await specialbit(['verify', path]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(`specialbit: ${path}: expected a transcript, found ${what}`);
  });

  it('a bad list of known divergences is one line of error', async () => {
    const known = temporary('known.json', '{"divergences":[{"arch":"arm"}]}');
    const { code, err } = await specialbit(['verify', '--known', known, transcriptPath('arm')]);
    expect(code).toBe(2);
    expect(err).toBe(`specialbit: ${known}: divergences[0].id: expected a string, found undefined\n`);
  });

  it('what stands before a damaged line is reported', async () => {
    const path = temporary('cut.jsonl', text(lines).slice(0, text(lines.slice(0, 40)).length + 30));
    const { code, out, err } = await specialbit(['verify', path]);
    expect(code).toBe(2);
    expect(err).toMatch(/cut\.jsonl:41: expected a JSON record/);
    expect(out).toMatch(/model and kernel agree in every field of \d+ steps/);
  });
});
