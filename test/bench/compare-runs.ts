// SPDX-License-Identifier: GPL-2.0-or-later
/** Two runs of the benchmarks: which figures got better or worse by more than they are spread. */
import { columns, type Figure, percent } from './metric.js';
import { WIDE_SPREAD } from './pairs.js';
import type { Report } from './report.js';

export interface Change {
  readonly workload: string;
  readonly metric: string;
  /** What was compared: the ratio where there is one, else the value. */
  readonly of: 'ratio' | 'value';
  readonly before: number;
  readonly after: number;
  /** By how much `after` is more than `before`: 0.1 is 10 %. */
  readonly change: number;
  /** The change that is not told from chance. */
  readonly tolerance: number;
  readonly verdict: 'better' | 'worse' | 'same';
}

/** Two runs of the same commit differ by as much even where the pairs of each are closer together. */
const LEAST = 0.05;

/**
 * Why the figures of two runs say nothing about each other; undefined when they do.
 */
export function incomparable(before: Report, after: Report): string | undefined {
  for (const key of ['quick', 'seed', 'events', 'clock'] as const) {
    if (before[key] !== after[key]) return `${key} is ${after[key]} now and was ${before[key]} in the earlier run`;
  }
  return undefined;
}

/** Every figure that both have. */
export function compareRuns(before: Report, after: Report): Change[] {
  const changes: Change[] = [];
  for (const [workload, metrics] of Object.entries(after.workloads)) {
    for (const [metric, now] of Object.entries(metrics)) {
      const then = before.workloads[workload]?.[metric];
      if (then !== undefined && then.reference?.name === now.reference?.name) {
        changes.push({ workload, metric, ...compareFigures(then, now) });
      }
    }
  }
  return changes;
}

function compareFigures(then: Figure, now: Figure): Omit<Change, 'workload' | 'metric'> {
  // the ratio stays as it is on another machine
  const of = then.ratio !== null && now.ratio !== null ? 'ratio' : 'value';
  const [before, after] = [then[of]!, now[of]!];
  // what was measured once has no spread to go by
  const tolerance = Math.max(LEAST, then.spread ?? WIDE_SPREAD, now.spread ?? WIDE_SPREAD);
  const change = after / before - 1;
  // twice as much and half as much are as far
  const far = Math.max(after / before, before / after) - 1 > tolerance;
  const improved = now.better === 'less' ? after < before : after > before;
  return { of, before, after, change, tolerance, verdict: !far ? 'same' : improved ? 'better' : 'worse' };
}

/** The changes, those first that got worse; then how many did not change, and what only one run has. */
export function changesText(changes: readonly Change[], before: Report, after: Report): string {
  const rows = (['worse', 'better'] as const).flatMap((verdict) =>
    changes
      .filter((change) => change.verdict === verdict)
      .map((one) => [
        verdict,
        one.workload,
        one.metric,
        one.of,
        `${one.before} -> ${one.after}`,
        `${one.change > 0 ? '+' : '-'}${percent(Math.abs(one.change))}`,
        `(${percent(one.tolerance)} is chance)`,
      ]),
  );
  const same = changes.length - rows.length;
  const compared = new Set(changes.map(({ workload, metric }) => `${workload}: ${metric}`));
  const rest = [...namesOf(before), ...namesOf(after)].filter((name) => !compared.has(name));
  return [
    `against ${before.commit ?? 'no commit'} of ${before.date}, load ${before.machine.load.join(' to ')}`,
    ...(rows.length === 0 ? [] : [columns(rows)]),
    `${same} of ${changes.length} figures are the same but for chance`,
    ...(rest.length === 0 ? [] : [`not compared, since only one run has them: ${[...new Set(rest)].join(', ')}`]),
  ].join('\n');
}

function namesOf({ workloads }: Report): string[] {
  return Object.entries(workloads).flatMap(([workload, metrics]) =>
    Object.keys(metrics).map((metric) => `${workload}: ${metric}`),
  );
}
