// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Finding the operation in which a kernel died. Its transcript does not have it; the same scripts run on
 * every machine, and so the transcripts of the same name in the folders beside have it.
 */
import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readLineBatches } from '@specialbit/events/node';
import type { Op, StepRecord } from './format.js';

export interface WantedOp {
  readonly scenario: string;
  readonly seq: number;
}

export interface FoundOp {
  readonly mm: number;
  readonly op: Op;
}

const keyOf = (scenario: string, seq: number): string => `{"scenario":${JSON.stringify(scenario)},"seq":${seq},`;

/** One answer for each of `wanted`; undefined where no transcript of that name has the step. */
export async function findOps(file: string, wanted: readonly WantedOp[]): Promise<(FoundOp | undefined)[]> {
  const left = new Set(wanted.map(({ scenario, seq }) => keyOf(scenario, seq)));
  const found = new Map<string, FoundOp>();
  for (const other of sameScripts(file)) {
    if (left.size === 0) break;
    await collect(other, left, found);
  }
  return wanted.map(({ scenario, seq }) => found.get(keyOf(scenario, seq)));
}

async function collect(file: string, left: Set<string>, found: Map<string, FoundOp>): Promise<void> {
  try {
    for await (const { lines } of readLineBatches(file)) {
      for (const text of lines) {
        const end = text.indexOf('"mm":');
        const key = end < 0 ? '' : text.slice(0, end);
        if (!left.has(key)) continue;
        const { mm, op } = JSON.parse(text) as StepRecord;
        found.set(key, { mm, op });
        left.delete(key);
        if (left.size === 0) return;
      }
    }
  } catch {
    // not this file's turn to be complained about: the next one may have it
  }
}

/** The transcripts of other machines that the same scripts made: `../MACHINE/NAME`. */
function sameScripts(file: string): string[] {
  const own = basename(dirname(file));
  const machines = dirname(dirname(file));
  try {
    return readdirSync(machines, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== own)
      .map((entry) => join(machines, entry.name, basename(file)))
      .sort();
  } catch {
    return [];
  }
}
