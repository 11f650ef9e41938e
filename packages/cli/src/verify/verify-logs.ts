// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit verify LOG...`: the expectations of logs, on the lanes of each or on others. */

import { readLineBatches } from '@specialbit/events/node';
import { count, MAIL_WIDTH, table, wrap } from '@specialbit/view';
import { type Markdown, markdownRow, markdownText, md } from '@specialbit/view/escape';
import { type CheckedExpectations, checkExpectations, wholeLog } from '../log/check-expectations.js';
import { lanesOf } from '../log/lane.js';
import { several } from '../search/found-log.js';
import type { Input } from './inputs.js';

export interface LogsOptions {
  readonly max: number;
  readonly arch?: string[];
  readonly kernel?: string[];
}

/** Does the file begin with a log's header? False for what cannot be read: who plays it says why. */
export async function isLog({ file }: Input): Promise<boolean> {
  try {
    for await (const { lines } of readLineBatches(file)) {
      const first = lines.find((line) => !/^\s*(#|\/\/|$)/.test(line));
      if (first !== undefined) return /^\s*\{\s*"specialbit"\s*:/.test(first);
    }
  } catch {
    return false;
  }
  return false;
}

/** A log, and what came of its expectations. */
export interface CheckedLog extends CheckedExpectations {
  readonly file: string;
  readonly lanes: number;
}

/** Throws UsageError, InputError, LogError. */
export async function checkLogs(inputs: readonly Input[], options: LogsOptions): Promise<CheckedLog[]> {
  const logs: CheckedLog[] = [];
  for (const { file } of inputs) {
    const log = await wholeLog(file);
    const lanes = lanesOf(log.file, log.header, options.arch, ['x86_64'], options.kernel);
    logs.push({ file: log.file, lanes: lanes.length, ...checkExpectations(log, lanes) });
  }
  return logs;
}

export const allHold = (logs: readonly CheckedLog[]): boolean => logs.every(({ unheld }) => unheld.length === 0);

/** A Markdown table of logs, and below it what does not hold. */
export function logsMarkdown(logs: readonly CheckedLog[], max: number): Markdown[] {
  const rows = logs.map((log) => markdownRow([log.file, String(log.lanes), heldText(log)].map(markdownText)));
  const unheld = logs.flatMap(({ file, unheld: all }) =>
    all.map(
      ({ number, line, lines }) =>
        md`- ${markdownText(`${file}:${line}`)}: event ${number}: ${markdownText(lines.slice(0, max).join('; '))}`,
    ),
  );
  return [
    md`| log | lanes | expectations |`,
    md`| --- | ---: | --- |`,
    ...rows,
    md``,
    ...unheld,
    ...(unheld.length === 0 ? [] : [md``]),
    markdownText(sumText(logs)),
  ];
}

/** A text of any length, what follows its first line a little further in. */
const hanging = (text: string): string[] =>
  wrap(text, MAIL_WIDTH - 4).map((line, i) => `${i === 0 ? '  ' : '    '}${line}`);

/** Columns that the other two of the table take, at most, where names of files leave them room. */
const BESIDE = 26;

const heldText = ({ met, asked, idle }: CheckedLog): string =>
  asked + idle === 0 ? 'none' : `${met} of ${asked} hold${idle === 0 ? '' : `, ${idle} about no lane here`}`;

export function logLines(logs: readonly CheckedLog[], max: number): string[] {
  const lines: string[] = [];
  if (logs.every(({ file }) => file.length + BESIDE <= MAIL_WIDTH)) {
    const rows = logs.map((log) => [log.file, String(log.lanes), heldText(log)]);
    lines.push(...table([['log', 'lanes', 'expectations'], ...rows], { align: 'lrl', wrapLast: true }));
  } else {
    // names that leave no room beside them have a line of their own
    for (const log of logs) lines.push(log.file, `    ${several(log.lanes, 'lane')}, expectations: ${heldText(log)}`);
  }
  for (const { file, unheld } of logs) {
    for (const { number, line, lines: found } of unheld) {
      lines.push('', `${file}:${line}: event ${number} does not hold:`);
      lines.push(...found.slice(0, max).flatMap((text) => hanging(text)));
      if (found.length > max) lines.push(`  and ${found.length - max} more`);
    }
  }
  lines.push('', sumText(logs));
  return lines;
}

function sumText(logs: readonly CheckedLog[]): string {
  const asked = logs.reduce((sum, log) => sum + log.asked, 0);
  const failed = logs.reduce((sum, log) => sum + log.unheld.length, 0);
  const of = `${several(asked, 'expectation')} of ${several(logs.length, 'log')}`;
  return asked === 0 ? of : failed === 0 ? `${of}: all hold` : `${of}: ${count(failed)} not so`;
}
