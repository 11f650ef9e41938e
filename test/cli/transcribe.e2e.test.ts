// SPDX-License-Identifier: GPL-2.0-or-later
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { specialbit, temporary, transcript, transcriptPath } from './specialbit.testkit.js';
import { strip } from './strip.testkit.js';

const text = (lines: readonly string[]): string => `${lines.join('\n')}\n`;

describe.each(['arm', 'x86_64'])('specialbit transcribe, %s', (arch) => {
  it('prints what the kernel wrote', async () => {
    const { code, out, err } = await specialbit(['transcribe', transcriptPath(arch)]);
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toBe(text(transcript(arch)));
  });

  it('needs nothing that was observed, but the frames of the allocator', async () => {
    const stripped = strip(transcript(arch));
    expect(stripped.some((line) => line.includes('"alloc"'))).toBe(true);
    expect(stripped.filter((line) => line.startsWith('{"scenario"')).some((line) => line.includes('"ret"'))).toBe(
      false,
    );
    const { code, out } = await specialbit(['transcribe', temporary('stripped.jsonl', text(stripped))]);
    expect(code).toBe(0);
    expect(out).toBe(text(transcript(arch)));
  });

  it('writes one JSON object, or nothing of it', async () => {
    const lines = transcript(arch);
    const whole = await specialbit(['transcribe', '--json', transcriptPath(arch)]);
    expect(JSON.parse(whole.out).records).toHaveLength(lines.length);
    const broken = await specialbit(['transcribe', '--json', temporary('broken.jsonl', text([...lines, '{"log":1}']))]);
    expect([broken.out, broken.code]).toEqual(['', 2]);
    expect(broken.err).toContain(`broken.jsonl:${lines.length + 1}: `);
  });

  it('reads records however their JSON is written', async () => {
    const spaced = strip(transcript(arch), true);
    expect(spaced.some((line) => line.startsWith('{"scenario": "'))).toBe(true);
    const { out } = await specialbit(['transcribe', temporary('spaced.jsonl', text(spaced))]);
    expect(out).toBe(text(transcript(arch)));
  });

  it('writes to a file', async () => {
    const path = temporary('out.jsonl', '');
    const { code, out } = await specialbit(['transcribe', transcriptPath(arch), '-o', path]);
    expect([code, out]).toEqual([0, '']);
    const again = await specialbit(['verify', path, '--json']);
    expect(again.code).toBe(0);
  });
});

describe('specialbit transcribe, damaged transcripts', () => {
  const lines = transcript('arm');

  it.each([
    ['a damaged step', `${lines[4]!.slice(0, 60)}`, /:5: expected a JSON record/],
    ['a damaged begin record', '{"begin":"x","index"', /:5: expected a JSON record/],
    ['a record of another kind', '{"hello":1}', /:5: expected a header, begin or step record/],
  ])('%s ends it with one message; what was printed is whole', async (_, damaged, message) => {
    const path = temporary('damaged.jsonl', text([...lines.slice(0, 4), damaged, ...lines.slice(5, 7)]));
    const { code, out, err } = await specialbit(['transcribe', path]);
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    expect(err).toContain(path);
    expect(out).toBe(text(lines.slice(0, 4)));
  });

  it('an unknown architecture is named', async () => {
    const header = lines[0]!.replace('"arch":"arm"', '"arch":"pdp11"');
    const { code, out, err } = await specialbit(['transcribe', temporary('pdp.jsonl', text([header]))]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/:1: arch: expected .*architecture.*found "pdp11"/);
  });

  it('a gzip file that breaks off is used as far as it goes', async () => {
    const whole = gzipSync(text(lines));
    const path = temporary('cut.jsonl.gz', whole.subarray(0, whole.length - 2000));
    const { code, out, err } = await specialbit(['transcribe', path]);
    expect(code).toBe(2);
    expect(err).toMatch(
      /cut\.jsonl\.gz:\d+: expected the end of the gzip data, found the end of the file in the middle of it/,
    );
    expect(out.length).toBeGreaterThan(0);
    expect(text(lines).startsWith(out)).toBe(true);
  });

  it.each([
    ['an empty file', '', /:1: expected a header record, found an empty file/],
    ['a binary file', new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 0, 1]), /:1: expected text, found a NUL byte/],
  ])('%s', async (_, content, message) => {
    const { code, err } = await specialbit(['transcribe', temporary('odd.jsonl', content)]);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });

  it('a file that is not there', async () => {
    const { code, err } = await specialbit(['transcribe', 'no/such.jsonl']);
    expect([code, err]).toEqual([
      2,
      'specialbit: no/such.jsonl: expected a file that can be read, found no such file\n',
    ]);
  });
});
