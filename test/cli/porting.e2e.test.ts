// SPDX-License-Identifier: GPL-2.0-or-later
/** The porting guide that `kernel diff` prints: every change has its place, and every log shows what it is named for. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root, specialbit } from './specialbit.testkit.js';

const LANES = ['6.12', '7.3'];
const guide = (await specialbit(['kernel', 'diff', ...LANES])).out;

describe('kernel diff 6.12 7.3', () => {
  it('begins with the calls that are gone, and ends with single architectures', () => {
    const titles = [...guide.matchAll(/^(\S.*) \(\d+\)$/gm)].map(([, title]) => title);
    expect(titles[0]).toBe('Calls that are gone, or have another name or other arguments');
    expect(titles).toContain('What fails now');
    expect(titles).toContain('What works now');
    expect(titles.at(-1)).toBe('Entries of single architectures');
  });

  it('shows every change of what drivers see in a log, but for those that no log can show', async () => {
    const { features } = JSON.parse((await specialbit(['kernel', 'diff', ...LANES, '--json'])).out) as {
      features: { name: string; architectures: string[] }[];
    };
    const shown = new Set(
      [...guide.matchAll(/^([a-z0-9_]+)\n(?: {4}.*\n)*? {4}shown by examples/gm)].map(([, name]) => name),
    );
    const general = features.filter(({ architectures }) => architectures.length === 0).map(({ name }) => name);
    expect(general.filter((name) => !shown.has(name)).sort()).toEqual([
      // only where an architecture keeps PTEs of a large folio together
      'mremap_batches',
      // a fault that came after 6.12 and was gone before 7.3: gallery scenario S02 has it
      'pmd_special_capability',
      // what a file's folio is told when its PMD goes: nothing that a log shows
      'zap_huge_accessed',
    ]);
  });

  const logs = [...new Set([...guide.matchAll(/shown by examples\/(\S+)/g)].map(([, log]) => log!))];
  it('has logs', () => expect(logs.length).toBeGreaterThan(8));

  it.each(logs)('%s ends otherwise in the two kernels', async (log) => {
    const file = join(root, 'examples', log);
    const [arch] = (JSON.parse(readFileSync(file, 'utf8').split('\n')[0]!) as { arch: string[] }).arch;
    const ends: string[] = [];
    for (const kernel of LANES) {
      const { code, out } = await specialbit(['replay', file, '--lane', `${arch!.split('@')[0]}@${kernel}`]);
      expect([0, 1]).toContain(code);
      ends.push(out.split('\n').slice(1).join('\n').replaceAll(`@${kernel}`, ''));
    }
    expect(ends[0]).not.toBe(ends[1]);
  });
});
