// SPDX-License-Identifier: GPL-2.0-or-later
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { changesText, compareRuns, incomparable } from './compare-runs.js';
import { figures, type Metric, table } from './metric.js';
import { type Report, readReport, report } from './report.js';

const folder = mkdtempSync(join(tmpdir(), 'specialbit-bench-'));
afterAll(() => rmSync(folder, { recursive: true }));

const RUN = { seed: 1, events: 1000, quick: false, loadBefore: 0 };
const of = (...metrics: readonly Metric[]): Report => report(figures(metrics), RUN);

/** Of pairs whose ratios are that, one pair each. */
const paired = (ratios: readonly number[], rest: Partial<Metric> = {}): Metric => ({
  ...{ workload: 'w', metric: 'm', unit: 'ns', value: ratios.map((ratio) => ratio * 5) },
  reference: { name: 'r', value: ratios.map(() => 5) },
  ...rest,
});
const once = (value: number, rest: Partial<Metric> = {}): Metric => ({
  ...{ workload: 'w', metric: 'm', unit: 'bytes', value },
  ...rest,
});

const verdict = (before: Metric, after: Metric): string => compareRuns(of(before), of(after))[0]!.verdict;

describe('two runs', () => {
  it('differ when the ratios are further apart than they are spread', () => {
    expect(verdict(paired([3, 3, 3]), paired([3.1, 3.1, 3.1]))).toBe('same');
    expect(verdict(paired([3, 3, 3]), paired([3.2, 3.2, 3.2]))).toBe('worse');
    expect(verdict(paired([3.2, 3.2, 3.2]), paired([3, 3, 3]))).toBe('better');
    // the middle half of these is 0.33 of their median
    const spread = paired([2, 2.5, 3, 3.5, 4]);
    expect(verdict(spread, paired([3.9, 3.9, 3.9]))).toBe('same');
    expect(verdict(paired([3.9, 3.9, 3.9]), spread)).toBe('same');
    expect(verdict(spread, paired([4.1, 4.1, 4.1]))).toBe('worse');
    expect(verdict(paired([4.1, 4.1, 4.1]), spread)).toBe('better');
  });

  it('are compared by the ratio, however fast the machine is', () => {
    const slower = paired([3, 3]);
    const doubled = {
      ...slower,
      value: (slower.value as number[]).map((one) => one * 2),
      reference: { name: 'r', value: (slower.reference!.value as number[]).map((one) => one * 2) },
    };
    expect(compareRuns(of(slower), of(doubled))).toMatchObject([{ of: 'ratio', change: 0, verdict: 'same' }]);
  });

  it('differ by the value where there is no reference, which 15 % leave the same', () => {
    expect(verdict(once(100), once(114))).toBe('same');
    expect(verdict(once(100), once(116))).toBe('worse');
    expect(verdict(once(116), once(100))).toBe('better');
  });

  it('know where more is better', () => {
    expect(verdict(once(100, { moreIsBetter: true }), once(200, { moreIsBetter: true }))).toBe('better');
    expect(verdict(once(200, { moreIsBetter: true }), once(100, { moreIsBetter: true }))).toBe('worse');
  });

  it('say what one of them has alone, or with another reference', () => {
    const before = of(paired([3], { metric: 'gone' }), paired([3]));
    const after = of(paired([3], { metric: 'new' }), paired([3], { reference: { name: 'another', value: [1] } }));
    const changes = compareRuns(before, after);
    expect(changes).toEqual([]);
    expect(changesText(changes, before, after)).toContain('only one run has them: w: gone, w: m, w: new');
  });

  it('are told in words, what got worse first', () => {
    const before = of(paired([2], { metric: 'a' }), paired([2], { metric: 'b' }), paired([2], { metric: 'c' }));
    const after = of(paired([1], { metric: 'a' }), paired([3], { metric: 'b' }), paired([2], { metric: 'c' }));
    const [, worse, better, same] = changesText(compareRuns(before, after), before, after).split('\n');
    expect(worse).toMatch(/^worse +w +b +ratio +2 -> 3 +\+50 % +\(5\.0 % is chance\)$/);
    expect(better).toMatch(/^better +w +a +ratio +2 -> 1 +-50 % /);
    expect(same).toBe('1 of 3 figures are the same but for chance');
  });

  it('are not compared when they measured something else', () => {
    expect(incomparable(of(), of())).toBeUndefined();
    expect(incomparable(of(), report({}, { ...RUN, seed: 2 }))).toBe('seed is 2 now and was 1 in the earlier run');
    expect(incomparable(of(), report({}, { ...RUN, quick: true }))).toContain('quick');
  });
});

describe('the file of an earlier run', () => {
  const path = join(folder, 'earlier.json');
  const read = (text: string): Report => {
    writeFileSync(path, text);
    return readReport(path);
  };

  it('is read as it was written', () => {
    const run = of(paired([1, 2, 3]), once(4, { metric: 'n', goals: [{ of: 'value', atMost: 5 }] }));
    expect(read(JSON.stringify(run))).toEqual(run);
  });

  it('is refused with what is wrong with it', () => {
    expect(() => readReport(join(folder, 'none.json'))).toThrow('none.json: expected what --json printed earlier');
    expect(() => read('{')).toThrow(`${path}: expected what --json printed earlier: `);
    expect(() => read('[]')).toThrow('found no object');
    const run = of(paired([1]));
    expect(() => read(JSON.stringify({ ...run, clock: undefined }))).toThrow('clock is not a string');
    const figure = { ...run.workloads.w!.m!, value: 'fast' };
    expect(() => read(JSON.stringify({ ...run, workloads: { w: { m: figure } } }))).toThrow(
      'workloads.w.m is no figure',
    );
  });
});

it('a ratio that is spread further than 15 % says so', () => {
  const shown = (ratios: readonly number[]): string => table(figures([paired(ratios)])).split('\n')[1]!;
  expect(shown([8, 9, 10, 11, 12])).toContain('20 % WIDE');
  expect(shown([9.4, 9.5, 10, 10.5, 10.6])).toContain('10 %');
  expect(shown([9.4, 9.5, 10, 10.5, 10.6])).not.toContain('WIDE');
});
