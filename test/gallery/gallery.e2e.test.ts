// SPDX-License-Identifier: GPL-2.0-or-later
import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { specialbit } from '../cli/specialbit.testkit.js';

interface Result {
  readonly id: string;
  readonly verdict: string;
  readonly failures: readonly string[];
}

const gallery = new URL('../../examples/gallery/', import.meta.url);
const names = (await readdir(gallery)).sort();
const { out: json } = await specialbit(['gallery', 'run', '--json']);
const results = JSON.parse(json) as Result[];

describe('the gallery', () => {
  it.each(results)('$id does what is expected of it', ({ failures }) => {
    expect(failures).toEqual([]);
  });

  it('has all 40 scenarios, played or with the reason why not', async () => {
    expect(names.map((name) => name.slice(0, 3))).toEqual(
      Array.from({ length: 40 }, (_, i) => `s${String(i + 1).padStart(2, '0')}`),
    );
    for (const name of names) {
      const scenario = JSON.parse(await readFile(new URL(`${name}/scenario.json`, gallery), 'utf8'));
      expect(`${scenario.id.toLowerCase()}-`, name).toBe(name.slice(0, 4));
      if (scenario.missing === undefined) expect(scenario.story, name).toHaveLength(5);
      else expect(results.map(({ id }) => id)).not.toContain(scenario.id);
    }
  });

  it('tells kernels apart by the commit that did it', async () => {
    const parts = async (id: string): Promise<string> =>
      (await specialbit(['gallery', 'show', id])).out.replace(/\s+/g, ' ');
    expect(await parts('S06')).toContain(
      'commit 79a61cc3fc04 ("mm: avoid leaving partial pfn mappings around in error case")',
    );
    expect(await parts('S11')).toContain('commit 52a9e9cd181f');
    expect(await parts('S18')).toContain('commit d438d2734170');
  });

  it('fits a mail', async () => {
    for (const name of names) {
      for (const file of await readdir(new URL(`${name}/expect/`, gallery)).catch(() => [])) {
        const text = await readFile(new URL(`${name}/expect/${file}`, gallery), 'utf8');
        expect(Math.max(...text.split('\n').map((line) => line.length)), `${name}/${file}`).toBeLessThanOrEqual(78);
      }
    }
  });

  it('does not know any other scenario', async () => {
    const { code, err } = await specialbit(['gallery', 'show', 'S99']);
    expect([code, err]).toEqual([2, 'specialbit: no such scenario: S99; there are S01 to S40\n']);
  });
});
