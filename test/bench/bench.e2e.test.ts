// SPDX-License-Identifier: GPL-2.0-or-later
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { figure, figures, table } from './metric.js';
import { PARTS, run } from './run.js';
import { QUICK } from './settings.js';

it('measures everything', async () => {
  const parts: string[] = [];
  const metrics = await run({
    settings: QUICK,
    transcripts: [fileURLToPath(new URL('../kernels/6.12', import.meta.url))],
    only: [],
    progress: (line) => parts.push(line.split(':')[0]!),
  });
  expect(parts).toEqual(Object.keys(PARTS));
  const all = figures(metrics);
  const workloads = [
    'deep-fork',
    'driver-mix',
    'folios',
    'growth',
    'search',
    'start',
    'sweep',
    'transcripts',
    'vma-storm',
    'wide',
  ];
  // the page is measured where there is a browser
  expect(
    Object.keys(all)
      .filter((name) => name !== 'page')
      .sort(),
  ).toEqual(workloads);
  for (const metric of metrics) {
    const { value, reference, ratio, spread } = figure(metric);
    expect(Number.isFinite(value), metric.metric).toBe(true);
    expect(reference === null || Number.isFinite(reference.value), metric.metric).toBe(true);
    expect(ratio === null || Number.isFinite(ratio), metric.metric).toBe(true);
    expect(spread === null || Number.isFinite(spread), metric.metric).toBe(true);
  }
  expect(table(all).split('\n')).toHaveLength(metrics.length + 1);
});

it('says whether a goal is reached', () => {
  const metric = { workload: 'w', metric: 'm', value: 10, unit: 'ns', reference: { name: 'r', value: 4 } };
  expect(figure(metric)).toEqual({
    ...{ value: 10, unit: 'ns', reference: { name: 'r', value: 4 }, ratio: 2.5, spread: null, pairs: null },
    ...{ better: 'less', goal: null, reached: null },
  });
  expect(figure({ ...metric, goals: [{ of: 'ratio', atMost: 2 }] })).toMatchObject({
    goal: 'ratio <= 2',
    reached: false,
  });
  const either = [{ of: 'ratio', atMost: 2 } as const, { of: 'value', atMost: 10 } as const];
  expect(figure({ ...metric, goals: either })).toMatchObject({ goal: 'ratio <= 2 or value <= 10', reached: true });
  expect(figure({ ...metric, goals: [{ of: 'ratio', atLeast: 3 }] })).toMatchObject({ reached: false });
});
