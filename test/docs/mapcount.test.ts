// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The table of docs/mapcount.md is what the model says. `UPDATE_DOCS=1 npx vitest run --project test test/docs/mapcount` writes
 * it anew.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { played, tableLines, turns, worst, worstOfAll } from './mapcount-table.testkit.js';

const file = join(fileURLToPath(new URL('../../', import.meta.url)), 'docs/mapcount.md');
const [BEGIN, END] = ['<!-- table: begin -->', '<!-- table: end -->'];

describe('docs/mapcount.md', () => {
  it('has the table', () => {
    const text = readFileSync(file, 'utf8');
    const made = `${BEGIN}\n\n${tableLines().join('\n')}\n\n${END}`;
    const from = text.indexOf(BEGIN);
    const to = text.indexOf(END) + END.length;
    expect(from).toBeGreaterThan(0);
    if (process.env.UPDATE_DOCS !== undefined) writeFileSync(file, text.slice(0, from) + made + text.slice(to));
    else expect(text.slice(from, to)).toBe(made);
  }, 120_000);
});

describe('the worst cases', () => {
  it.each([
    [4, 1],
    [4, 2],
    [4, 3],
    [8, 2],
    [16, 2],
  ])('of %i pages and %i processes are no worse with other ranges', (pages, processes) => {
    for (const way of ['more', 'less'] as const) {
      expect(worst(pages, processes, way).off, way).toBeCloseTo(worstOfAll(pages, processes, way), 9);
    }
  });

  it('are looked for where something can turn', () => {
    expect(turns(512)).toEqual([0, 1, 128, 255, 256, 257, 384, 511, 512]);
    expect(turns(4)).toEqual([0, 1, 2, 3, 4]);
  });

  it('are none with counts of pages', () => {
    for (const order of [2, 5, 9]) {
      const { plan } = worst(2 ** order, 3, 'more');
      for (const { pss, uss, exclusive } of played(order, plan, '7.3')) {
        for (const of of [pss, uss, exclusive]) expect(of.reported).toBe(of.exact);
      }
    }
  });

  it('are the same as proposed', () => {
    for (const order of [2, 4, 9]) {
      const { plan } = worst(2 ** order, 4, 'less');
      expect(played(order, plan, '7.3+total_mapped_pages')).toEqual(played(order, plan, '7.3+no_page_mapcount'));
    }
  });
});
