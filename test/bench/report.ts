// SPDX-License-Identifier: GPL-2.0-or-later
/** The report of a run, as `--json` prints it and `--compare` reads it. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { CLOCK } from './clock.js';
import type { Figure, Figures } from './metric.js';

export interface Report {
  readonly machine: {
    readonly node: string;
    readonly cpus: number;
    readonly cpu: string;
    /** Threads that ran or wanted to, those of this run included: the mean of a minute, before and after. */
    readonly load: readonly [number, number];
  };
  /** When it ended. */
  readonly date: string;
  /** Of the checkout that was measured; null outside of one. */
  readonly commit: string | null;
  readonly clock: typeof CLOCK;
  readonly seed: number;
  readonly events: number;
  readonly quick: boolean;
  readonly workloads: Figures;
}

export function load(): number {
  return Number(loadavg()[0]!.toFixed(2));
}

export function report(
  workloads: Figures,
  run: { readonly seed: number; readonly events: number; readonly quick: boolean; readonly loadBefore: number },
): Report {
  const { seed, events, quick, loadBefore } = run;
  return {
    machine: {
      node: process.version,
      cpus: cpus().length,
      cpu: cpus()[0]?.model ?? '',
      load: [loadBefore, load()],
    },
    date: new Date().toISOString(),
    commit: commit(),
    clock: CLOCK,
    ...{ seed, events, quick, workloads },
  };
}

function commit(): string | null {
  try {
    const args = ['describe', '--always', '--dirty', '--exclude=*'];
    const cwd = import.meta.dirname;
    return execFileSync('git', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return null;
  }
}

/** Reads the report of an earlier run. Throws Error with what is wrong with the file. */
export function readReport(path: string): Report {
  const wrong = (what: string): Error => new Error(`${path}: expected what --json printed earlier: ${what}`);
  let found: unknown;
  try {
    found = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw wrong((error as Error).message);
  }
  if (!isRecord(found)) throw wrong('found no object');
  for (const [key, type] of Object.entries({ date: 'string', clock: 'string', seed: 'number', events: 'number' })) {
    // runs of before there were pairs have no clock
    if (typeof found[key] !== type) throw wrong(`${key} is not a ${type}`);
  }
  if (!isRecord(found.machine) || !Array.isArray(found.machine.load)) throw wrong('machine.load is no list');
  if (!isRecord(found.workloads)) throw wrong('workloads is no object');
  for (const [workload, metrics] of Object.entries(found.workloads)) {
    if (!isRecord(metrics)) throw wrong(`workloads.${workload} is no object`);
    for (const [metric, figure] of Object.entries(metrics)) {
      if (!isFigure(figure)) throw wrong(`workloads.${workload}.${metric} is no figure`);
    }
  }
  return found as unknown as Report;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether the parts that comparing reads are there. */
function isFigure(value: unknown): value is Figure {
  if (!isRecord(value)) return false;
  const numberOrNull = (one: unknown): boolean => one === null || typeof one === 'number';
  return (
    typeof value.value === 'number' &&
    numberOrNull(value.ratio) &&
    numberOrNull(value.spread) &&
    (value.reference === null || (isRecord(value.reference) && typeof value.reference.name === 'string')) &&
    (value.better === 'less' || value.better === 'more')
  );
}
