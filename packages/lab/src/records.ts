// SPDX-License-Identifier: GPL-2.0-or-later
/** What a boot has left behind, as lines of a transcript. */

/** A scenario in which the kernel died or hung, and how. */
export interface Death {
  readonly scenario: string;
  /** The operation that was under way. */
  readonly seq: number;
  /** The kernel's last lines. */
  readonly words: readonly string[];
  /** It did not die, but answered no more. */
  readonly hung: boolean;
}

export interface Split {
  /** Lines for the transcript. */
  readonly kept: readonly string[];
  /** The scenario that was played last, and its last step. */
  readonly current: { readonly name: string; readonly index: number; readonly seq: number } | undefined;
  /** All scenarios were played. */
  readonly ended: boolean;
  readonly scenarios: number;
  readonly steps: number;
}

interface AnyRecord {
  readonly header?: unknown;
  readonly begin?: string;
  readonly index?: number;
  readonly seq?: number;
  readonly end?: unknown;
}

/** `hasHeader`: a boot before has written one, and once is enough. A line that was cut off by the kernel's death is dropped. */
export function splitRecords(text: string, hasHeader: boolean): Split {
  const kept: string[] = [];
  let current: Split['current'];
  let [ended, scenarios, steps] = [false, 0, 0];
  for (const line of text.split('\n')) {
    const record = parse(line);
    if (record === undefined) continue;
    if (record.end !== undefined) {
      ended = true;
      continue;
    }
    if (record.header !== undefined && hasHeader) continue;
    if (record.begin !== undefined) {
      current = { name: record.begin, index: record.index ?? 0, seq: -1 };
      scenarios++;
    } else if (record.seq !== undefined && current !== undefined) {
      current = { ...current, seq: record.seq };
      steps++;
    }
    kept.push(line);
  }
  return { kept, current, ended, scenarios, steps };
}

function parse(line: string): AnyRecord | undefined {
  if (line === '') return undefined;
  try {
    return JSON.parse(line) as AnyRecord;
  } catch {
    return undefined;
  }
}

const TELLING = /BUG|Oops|Unable|PC is|RIP|panic|page:|WARNING|at .*:\d+!/;
const MOST_LINES = 12;

/** The record of a scenario in which the kernel died, as transcripts have it. */
export function deathRecord({ scenario, seq, words, hung }: Death): string {
  const oops = words.filter((line) => TELLING.test(line)).slice(-MOST_LINES);
  return JSON.stringify({ scenario, seq, oops: hung && oops.length === 0 ? ['no answer any more'] : oops });
}
