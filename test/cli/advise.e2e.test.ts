// SPDX-License-Identifier: GPL-2.0-or-later
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { specialbit } from './specialbit.testkit.js';
import { atTerminal, hasTerminal } from './terminal.testkit.js';

describe('specialbit advise', () => {
  it('writes a log for each claim, and replay and verify confirm them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'specialbit-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const args = ['--memory', 'pages', '--need', 'gup', '--lane', 'x86_64,arm', '--ways', '16', '--proof', folder];
    const { code, out } = await specialbit(['advise', ...args]);
    expect(code).toBe(0);
    expect(out).toContain('check_vma_flags, mm/gup.c');
    expect(out.split('\n').filter((line) => !/^\t|^ {2}specialbit verify/.test(line) && line.length > 78)).toEqual([]);
    const folders = readdirSync(folder).sort();
    expect(out).toMatch(/\d+ logs in /);
    const mixed = folders.find((name) => name.endsWith('vmf_insert_mixed-fault-VM_MIXEDMAP'))!;
    expect(readdirSync(join(folder, mixed))).toContain('pin.shared.P.jsonl');
    const verified = await specialbit(['verify', ...folders.map((name) => join(folder, name))]);
    expect(verified.code).toBe(0);
    expect(verified.out).toContain('all hold');
    const markdown = await specialbit(['verify', join(folder, mixed), '--markdown']);
    expect(markdown.out).toMatch(
      /^\| log \| lanes \| expectations \|\n(\|.*\|\n)+\n\d+ expectations of \d+ logs: all hold\n$/,
    );
    const again = await specialbit(['advise', ...args]);
    expect([again.code, again.err]).toEqual([2, expect.stringContaining('is not empty')]);
    const replayed = await specialbit(['replay', join(folder, mixed, 'pin.shared.P.jsonl')]);
    expect(replayed.code).toBe(0);
    expect(replayed.out).toContain('-EEXIST');
  });

  it('compares what a driver does', async () => {
    const { code, out } = await specialbit(['advise', '--driver', 'omapdrm', '--lane', 'x86_64,arm', '--no-skeleton']);
    expect(code).toBe(0);
    expect(out.replace(/\s+/g, ' ')).toContain('does not do uncounted (wrong: P0 is counted on arm@6.12, arm).');
  });

  it('prints JSON and Markdown of the same answer', async () => {
    const args = ['advise', '--memory', 'device', '--need', 'gup', '--lane', 'x86_64'];
    const json = await specialbit([...args, '--json']);
    expect(json.code).toBe(1);
    const { ways, recommendation } = JSON.parse(json.out);
    expect(ways[0]).toMatchObject({ id: 'io_remap_pfn_range/mmap/none', unmet: ['gup'] });
    const markdown = await specialbit([...args, '--markdown']);
    expect(markdown.out).toContain(`- **call**: ${recommendation.call}`);
  });

  it.each([
    [[], 2, 'expected --memory with what is mapped'],
    [['--memory', 'devise'], 2, 'did you mean "device"?'],
    [['--memory', 'pages', '--need', 'forks'], 2, 'did you mean "fork"?'],
    [['--memory', 'pages', '--need', 'rss,uncounted'], 2, 'contradict each other'],
    [['--memory', 'pages', '--lane', 'vax'], 2, 'no such architecture'],
    [['--memory', 'pages', '--json', '--markdown'], 2, 'either --json or --markdown'],
    [['--memory', 'pages', '--ways', '0'], 2, 'expected 1 way or more'],
    [['--driver', 'omap'], 2, 'did you mean "omapdrm"?'],
  ])('refuses %j', async (args, code, message) => {
    const result = await specialbit(['advise', ...args]);
    expect(result.code).toBe(code);
    expect(result.err).toContain(message);
    expect(result.err.trim().split('\n').length).toBe(1);
  });
});

const DOWN = '\u001b[B';
const ENTER = '\r';

describe.skipIf(!hasTerminal)('specialbit advise at a terminal (by script(1), of util-linux)', () => {
  it('asks for what is not given, and answers what was chosen', async () => {
    const { code, out } = await atTerminal(
      ['advise', '--lane', 'x86_64', '--no-skeleton', '--ways', '1'],
      [
        ['What is mapped?', DOWN + ENTER],
        ['side by side?', `n${ENTER}`],
        ['When are pages mapped?', DOWN + DOWN + ENTER],
        ['How may processes map it?', ENTER],
        ['What has to work on it?', ` ${DOWN}${DOWN} ${ENTER}`],
        ['On which kernels?', DOWN + ENTER],
      ],
    );
    expect([code, out]).toEqual([0, expect.stringContaining('does   use, gup, longterm')]);
    const said = out.replace(/\s+/g, ' ');
    expect(said).toContain(
      'Pages of alloc_page(), scattered, mapped shared, on x86_64@6.12, x86_64; needs: use, gup, longterm.',
    );
    expect(said).toContain('from ->fault');
  });

  it('asks for no more than that, and says what Ctrl-C means', async () => {
    const given = ['advise', '--populate', 'mmap', '--need', 'fork', '--kernel', '7.3', '--lane', 'x86_64'];
    const { code, out } = await atTerminal(given, [
      ['What is mapped?', DOWN.repeat(7) + ENTER],
      ['Of which order?', '\u0003'],
    ]);
    expect([code, out]).toEqual([2, expect.stringContaining('nothing was chosen; options say the same')]);
  });
});
