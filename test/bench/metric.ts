// SPDX-License-Identifier: GPL-2.0-or-later
/** What a benchmark found out, and how it is shown. */
import { median, ratioOfPairs, WIDE_SPREAD } from './pairs.js';

/** One figure, or those of the slices of a race, whose median is shown. */
export type Measured = number | readonly number[];

export interface Reference {
  readonly name: string;
  /** In the metric's own unit. Of slices where the metric's value is of slices that were measured in turns with them. */
  readonly value: Measured;
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
  readonly value: Measured;
  readonly unit: string;
  /** Measured in the same run. */
  readonly reference?: Reference;
  readonly goals?: readonly Goal[];
  /** More is better, as of steps a second; otherwise less is. */
  readonly moreIsBetter?: boolean;
}

export interface Figure {
  readonly value: number;
  readonly unit: string;
  readonly reference: { readonly name: string; readonly value: number } | null;
  /** Value by reference: the median of the pairs' where there are pairs. */
  readonly ratio: number | null;
  /** How far the pairs' ratios are spread, by their median: null where there are no pairs. */
  readonly spread: number | null;
  /** Number of pairs. */
  readonly pairs: number | null;
  readonly better: 'less' | 'more';
  /** For instance `ratio <= 2`; null where the metric has none. */
  readonly goal: string | null;
  readonly reached: boolean | null;
}

/** workload -> metric -> figure */
export type Figures = Readonly<Record<string, Readonly<Record<string, Figure>>>>;

function holds(goal: Goal, value: number, ratio: number | null): boolean {
  const figure = goal.of === 'value' ? value : (ratio ?? Number.NaN);
  if (goal.atMost !== undefined) return figure <= goal.atMost;
  return goal.atLeast !== undefined && figure >= goal.atLeast;
}

function goalText({ of, atMost, atLeast }: Goal): string {
  return atMost !== undefined ? `${of} <= ${rounded(atMost)}` : `${of} >= ${atLeast}`;
}

const one = (measured: Measured): number => (typeof measured === 'number' ? measured : median(measured));

export function figure({ value, unit, reference, goals = [], moreIsBetter = false }: Metric): Figure {
  const middle = one(value);
  const paired =
    typeof value !== 'number' && reference !== undefined && typeof reference.value !== 'number'
      ? ratioOfPairs(value, reference.value)
      : undefined;
  const ratio = reference === undefined ? null : (paired?.median ?? middle / one(reference.value));
  return {
    value: rounded(middle),
    unit,
    reference: reference === undefined ? null : { name: reference.name, value: rounded(one(reference.value)) },
    ratio: ratio === null ? null : rounded(ratio),
    spread: paired === undefined ? null : rounded(paired.spread),
    pairs: paired === undefined ? null : (value as readonly number[]).length,
    better: moreIsBetter ? 'more' : 'less',
    goal: goals.length === 0 ? null : goals.map(goalText).join(' or '),
    reached: goals.length === 0 ? null : goals.some((goal) => holds(goal, middle, ratio)),
  };
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

export function figures(metrics: readonly Metric[]): Figures {
  const all: Record<string, Record<string, Figure>> = {};
  for (const metric of metrics) {
    all[metric.workload] ??= {};
    all[metric.workload]![metric.metric] = figure(metric);
  }
  return all;
}

export function percent(part: number): string {
  return `${(part * 100).toFixed(part < 0.1 ? 1 : 0)} %`;
}

export function table(all: Figures): string {
  const rows = Object.entries(all).flatMap(([workload, metrics]) =>
    Object.entries(metrics).map(([metric, { value, unit, reference, ratio, spread, goal, reached }]) => [
      workload,
      metric,
      `${value} ${unit}`,
      reference === null ? '' : `${reference.value} (${reference.name})`,
      ratio === null ? '' : String(ratio),
      spread === null ? '' : `${percent(spread)}${spread > WIDE_SPREAD ? ' WIDE' : ''}`,
      goal ?? '',
      reached === null ? '' : reached ? 'reached' : 'NOT REACHED',
    ]),
  );
  return columns([['workload', 'metric', 'value', 'reference', 'ratio', 'spread', 'goal', ''], ...rows]);
}

/** Rows of as many cells, each column as wide as its widest cell. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
