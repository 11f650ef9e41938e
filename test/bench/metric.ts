// SPDX-License-Identifier: GPL-2.0-or-later
/** What a benchmark found out, and how it is shown. */

export interface Reference {
  readonly name: string;
  /** In the metric's own unit. */
  readonly value: number;
}

/** A bound on the value, or on the ratio of value to reference; with several, one that holds is enough. */
export interface Goal {
  readonly of: 'value' | 'ratio';
  readonly atMost?: number;
  readonly atLeast?: number;
}

export interface Metric {
  readonly workload: string;
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
  /** Measured in the same run. */
  readonly reference?: Reference;
  readonly goals?: readonly Goal[];
}

export interface Figure {
  readonly value: number;
  readonly unit: string;
  readonly reference: Reference | null;
  /** Value by reference. */
  readonly ratio: number | null;
  /** For instance `ratio <= 2`; null where the metric has none. */
  readonly goal: string | null;
  readonly reached: boolean | null;
}

function holds(goal: Goal, value: number, ratio: number | null): boolean {
  const figure = goal.of === 'value' ? value : (ratio ?? Number.NaN);
  if (goal.atMost !== undefined) return figure <= goal.atMost;
  return goal.atLeast !== undefined && figure >= goal.atLeast;
}

function goalText({ of, atMost, atLeast }: Goal): string {
  return atMost !== undefined ? `${of} <= ${atMost}` : `${of} >= ${atLeast}`;
}

export function figure({ value, unit, reference, goals = [] }: Metric): Figure {
  const ratio = reference === undefined ? null : value / reference.value;
  return {
    value: rounded(value),
    unit,
    reference: reference === undefined ? null : { name: reference.name, value: rounded(reference.value) },
    ratio: ratio === null ? null : rounded(ratio),
    goal: goals.length === 0 ? null : goals.map(goalText).join(' or '),
    reached: goals.length === 0 ? null : goals.some((goal) => holds(goal, value, ratio)),
  };
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

/** workload -> metric -> figure */
export function figures(metrics: readonly Metric[]): Record<string, Record<string, Figure>> {
  const all: Record<string, Record<string, Figure>> = {};
  for (const metric of metrics) {
    all[metric.workload] ??= {};
    all[metric.workload]![metric.metric] = figure(metric);
  }
  return all;
}

export function table(metrics: readonly Metric[]): string {
  const rows = metrics.map((metric) => {
    const { value, unit, reference, ratio, goal, reached } = figure(metric);
    return [
      metric.workload,
      metric.metric,
      `${value} ${unit}`,
      reference === null ? '' : `${reference.value} (${reference.name})`,
      ratio === null ? '' : String(ratio),
      goal ?? '',
      reached === null ? '' : reached ? 'reached' : 'NOT REACHED',
    ];
  });
  const all = [['workload', 'metric', 'value', 'reference', 'ratio', 'goal', ''], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
