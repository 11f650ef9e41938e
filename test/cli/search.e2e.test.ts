// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit search` and `specialbit shrink`, as a user runs them. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { specialbit } from './specialbit.testkit.js';

const folder = mkdtempSync(join(tmpdir(), 'specialbit-search-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('search', () => {
  it('writes a log that other commands take, and at which its lanes part', async () => {
    const file = join(folder, 'found.jsonl');
    const found = await specialbit(['search', '--lane', 'x86_64,arm', '--depth', '2', '--pages', '1', '-o', file]);
    expect(found).toMatchObject({ code: 0, err: '' });
    const compared = await specialbit(['compare', file, '--no-state']);
    expect(compared.code).toBe(1);
    expect(compared.out).toContain('lanes first part at event 2: vmf_insert_mixed took a reference on arm');
  });

  it('writes one log a cause into a folder', async () => {
    const logs = join(folder, 'causes');
    const args = ['search', '--lane', 'x86_64@6.12,x86_64@7.3', '--depth', '2', '--pages', '1', '--per-cause'];
    const { code, out } = await specialbit([...args, '-o', logs, '--json']);
    expect(code).toBe(0);
    const result = JSON.parse(out);
    expect(result).toMatchObject({ lanes: ['x86_64@6.12', 'x86_64'], depth: 2, stopped: null });
    expect(readdirSync(logs).sort()).toEqual(result.findings.map((_: unknown, i: number) => `${i + 1}.jsonl`));
    const causes = result.findings.map(
      ({ divergences: [first] }: { divergences: { proof: string }[] }) => first!.proof,
    );
    expect(new Set(causes)).toEqual(new Set(['proved']));
  });

  it('covers what its events can come to, and names what they cannot', async () => {
    const args = ['search', '--cover', '--lane', 'x86_64,arm', '--pages', '1', '--depth', '2', '--json'];
    const { code, out } = await specialbit(args);
    expect(code).toBe(0);
    const { findings, unreached } = JSON.parse(out);
    const ways = findings.map(({ kind, events }: { kind: string; events: unknown[] }) => `${events.length} ${kind}`);
    expect(ways).toEqual(
      expect.arrayContaining([
        '1 vm_normal_page: null_pfnmap_linear',
        '2 vm_normal_page: normal_mixedmap_valid',
        '2 vmf_insert_pfn_prot: insert_pfn_mixed_valid',
        '2 vmf_insert_mixed: success',
      ]),
    );
    expect(unreached).toContain('vm_normal_page: normal_find_special');
    expect(unreached).not.toContain('vm_normal_page: normal_mixedmap_valid');
  });

  it('says that there is none, and exits with 1', async () => {
    const { code, out } = await specialbit(['search', '--lane', 'arm,arm-lpae', '--depth', '1']);
    expect(code).toBe(1);
    expect(out).toMatch(/none of up to 1 event \(1 states?, \d+ events played\)/);
  });

  it.each([
    [['--goal', 'prats'], 'expected one of parts, '],
    [['--goal', 'reason:gup_pfnmp'], 'did you mean "reason:gup_pfnmap"?'],
    [['--events', 'mmap,frok'], 'did you mean "fork"?'],
    [['--frames', 'Q7'], 'x86_64 has no frame "Q7"; it has '],
    [['--pages', '99'], 'expected 1 to 16 pages of a mapping, found 99'],
    [['--lane', 'arm'], 'lanes part when there are two or more'],
    [['--depth', '0'], 'expected 1 event or more'],
    [['--depth', '256'], 'expected 1 event or more, 255 at most'],
    [['--frames', 'B0+2'], 'x86_64 has no frame "B0+2"'],
    [['--cover', '--goal', 'crash'], '--goal crash has no place beside it'],
    [['--goal', 'invariant:leak'], 'did you mean "invariant:leaked"?'],
    [['--per-cause', '-o', '/dev/null/x'], '/dev/null/x: cannot be made a folder'],
  ])('%j is one line, and exit code 2', async (args, message) => {
    const { code, out, err } = await specialbit(['search', '--depth', '2', '--pages', '1', ...args]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('shrink', () => {
  const log = join(folder, 'long.jsonl');
  writeFileSync(
    log,
    `{"specialbit":1,"arch":["x86_64","arm","m68k"],"files":{"dev":"device"}}
{"type":"mmap","label":"heap","pages":4,"prot":"rw"}
{"type":"write","at":"heap","value":1}
{"type":"mmap","label":"bo","pages":4,"prot":"rw","file":"dev","call":[{"type":"vm_flags_mod","set":"VM_MIXEDMAP|VM_DONTDUMP"}]}
{"type":"fork","child":1}
{"type":"vmf_insert_mixed","at":"bo[3]","frame":"P2"}
{"type":"munmap","at":"bo","pages":4}
`,
  );

  it('leaves what matters, in a file that still parts', async () => {
    const file = join(folder, 'short.jsonl');
    const { code, out } = await specialbit(['shrink', log, '-o', file]);
    expect(code).toBe(0);
    expect(out).toMatch(/6 events became 2, on x86_64, arm \(\d+ replays; the last 2 showed/);
    expect(readFileSync(file, 'utf8').split('\n')).toEqual([
      '{"specialbit":1,"arch":["x86_64","arm"],"files":{"dev":{"kind":"device"}}}',
      '{"type":"mmap","label":"bo","pages":1,"prot":"rw","file":"dev","call":[{"type":"vm_flags_mod","set":"VM_MIXEDMAP"}]}',
      '{"type":"vmf_insert_mixed","at":"bo[0]","frame":"P0"}',
      '',
    ]);
    expect((await specialbit(['compare', file])).code).toBe(1);
  });

  it.each([
    [['--keep', 'crash'], 'does not do what is to be kept: crash'],
    [['--event', '2'], 'x86_64, arm, m68k do not part at event 2'],
    [['--lane', 'arm'], 'lanes part when there are two or more'],
    [['--lane', 'arm,m68k'], 'arm, m68k part nowhere in this log'],
  ])('%j is one line, exit code 2, and no file', async (args, message) => {
    const file = join(folder, 'none.jsonl');
    const { code, out, err } = await specialbit(['shrink', log, ...args, '-o', file]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
    expect(existsSync(file)).toBe(false);
  });
});

describe('interleave', () => {
  const race = 'examples/threads/s08-revoke.jsonl';

  it('finds the order in which a revocation misses entries, as a log that can be replayed', async () => {
    const orders = join(folder, 'orders');
    const { code, out } = await specialbit(['interleave', race, '-o', orders, '--json']);
    expect(code).toBe(1);
    const { ends, runs, cut } = JSON.parse(out);
    expect({ runs, cut, ends: ends.length }).toEqual({ runs: 4, cut: false, ends: 3 });
    expect(ends[0]).toMatchObject({ serial: false, schedule: [{ thread: 'process', part: 'begin' }, {}, {}, {}, {}] });
    expect(ends[0].broken).toHaveLength(1);
    expect(readdirSync(orders).sort()).toEqual(['1.jsonl', '2.jsonl', '3.jsonl']);
    // what was missed is still there at the end
    const replayed = await specialbit(['replay', join(orders, '1.jsonl')]);
    expect(replayed).toMatchObject({ code: 0, err: '' });
    expect(replayed.out).toMatch(/write bar\[0\] +(= 0)/);
  });

  it('exits with 0 where nothing breaks in any order', async () => {
    expect(await specialbit(['interleave', race, '--whole', '--no-state'])).toMatchObject({ code: 0, err: '' });
    expect(await specialbit(['interleave', race, '--lane', 'arm@7.3', '--no-state'])).toMatchObject({ code: 1 });
    const cure = await specialbit(['interleave', 'examples/threads/s08-prepare.jsonl', '--lane', 'arm@7.3']);
    expect(cure).toMatchObject({ code: 0, err: '' });
  });

  it('looks for one thing alone, and says what holds', async () => {
    const found = await specialbit(['interleave', race, '--goal', 'invariant:left_behind', '--no-state']);
    expect(found).toMatchObject({ code: 1, err: '' });
    expect(found.out).toContain('3 ends, 1 of them reaches invariant:left_behind');
    const none = await specialbit(['interleave', race, '--goal', 'crash', '--no-state']);
    expect(none).toMatchObject({ code: 0, err: '' });
  });

  it('says that the limit was reached', async () => {
    const { code, out } = await specialbit(['interleave', race, '--limit', '1', '--no-state']);
    expect(code).toBe(1);
    expect(out).toContain('the limit of orders was reached: there may be other ends (--limit)');
  });

  it.each([
    ['examples/s12-zero-page.jsonl', 'expected two blocks of thread.begin and thread.end'],
    ['examples/none.jsonl', 'examples/none.jsonl'],
    [race, 'expected something that one lane does in an order, found parts', '--goal', 'parts'],
  ])('%s is one line, and exit code 2', async (log, message, ...more) => {
    const { code, out, err } = await specialbit(['interleave', log, ...more]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });
});
