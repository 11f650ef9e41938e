// SPDX-License-Identifier: GPL-2.0-or-later
/** The log that shows a claim: the events of its suite, with what was found on every lane as expectations. */
import { decodeHeader, formatHeader, type LogHeader } from '@specialbit/events';
import type { Line } from './line.js';
import type { Json } from './scene.js';
import type { Trial } from './trial.js';

export interface ProofOptions {
  readonly title: string;
  readonly description: readonly string[];
  readonly header: Pick<LogHeader, 'files' | 'blocks' | 'thp' | 'hugetlb'>;
}

/** The text of the log: `replay` and `verify` check it on the lanes of its header. */
export function proofLog(
  { title, description, header }: ProofOptions,
  lines: readonly Line[],
  trials: readonly Trial[],
): string {
  const arch = trials.map(({ lane }) => lane);
  const told = [...description, ...skippedText(trials)];
  const head = decodeHeader({ specialbit: 1, title, description: told, arch, ...headerJson(header) });
  const text: string[] = [formatHeader(head)];
  const rows = Math.max(...trials.map(({ found }) => found.length));
  for (let i = 0; i < rows; i++) {
    const line = lines[i];
    if (line?.kind === 'event') text.push(JSON.stringify(line.json));
    for (const { lanes, found } of groups(trials, i)) {
      const on = lanes.length === trials.length ? {} : { on: lanes.join('|') };
      text.push(JSON.stringify({ type: 'expect', ...on, ...found }));
    }
  }
  return text.map((line) => `${line}\n`).join('');
}

/** Of events that name what is not there nothing was found: they were not played. */
function skippedText(trials: readonly Trial[]): string[] {
  const on = new Map<string, string[]>();
  for (const { lane, skipped } of trials)
    for (const text of new Set(skipped)) on.set(text, [...(on.get(text) ?? []), lane]);
  return [...on].map(([text, lanes]) => `Not played on ${lanes.join(', ')}, where what it names is not there: ${text}`);
}

/** What was found behind line `i`, with the lanes on which it was. */
function groups(trials: readonly Trial[], i: number): { readonly lanes: readonly string[]; readonly found: Json }[] {
  const made = new Map<string, { lanes: string[]; found: Json }>();
  for (const { lane, found } of trials) {
    const said = found[i];
    if (said === undefined || Object.keys(said).length === 0) continue;
    const key = JSON.stringify(said);
    const group = made.get(key);
    if (group === undefined) made.set(key, { lanes: [lane], found: said });
    else group.lanes.push(lane);
  }
  return [...made.values()];
}

/** As a header is written: `thp` without settings is `true`. */
export function headerJson({ files, blocks, thp, hugetlb }: ProofOptions['header']): Json {
  return {
    ...(files === undefined ? {} : { files }),
    ...(blocks === undefined ? {} : { blocks }),
    ...(thp === undefined ? {} : { thp: Object.keys(thp).length === 0 ? true : thp }),
    ...(hugetlb === undefined ? {} : { hugetlb }),
  };
}
