// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit verify LOG...`: the expectations of logs, on the lanes of each or on others. */

import { readLineBatches } from '@specialbit/events/node';
import { count, MAIL_WIDTH, table, wrap } from '@specialbit/view';
import { EXIT } from '../failure.js';
import { type CheckedExpectations, checkExpectations, wholeLog } from '../log/check-expectations.js';
import { lanesOf } from '../log/lane.js';
import type { Terminal } from '../terminal.js';
import type { Input } from './inputs.js';

export interface LogsOptions {
  readonly json?: boolean;
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

interface CheckedLog extends CheckedExpectations {
  readonly file: string;
  readonly lanes: number;
}

/** Resolves to the exit code. Throws UsageError, InputError, LogError. */
export async function verifyLogs(inputs: readonly Input[], options: LogsOptions, terminal: Terminal): Promise<number> {
  const logs: CheckedLog[] = [];
  for (const { file } of inputs) {
    const log = await wholeLog(file);
    const lanes = lanesOf(log.file, log.header, options.arch, ['x86_64'], options.kernel);
    logs.push({ file: log.file, lanes: lanes.length, ...checkExpectations(log, lanes) });
  }
  const unheld = logs.some((log) => log.unheld.length > 0);
  if (options.json === true) await terminal.out(`${JSON.stringify({ logs }, null, 2)}\n`);
  else await terminal.out(`${logLines(logs, options.max).join('\n')}\n`);
  return unheld ? EXIT.finding : EXIT.fine;
}

/** A text of any length, what follows its first line a little further in. */
const hanging = (text: string): string[] =>
  wrap(text, MAIL_WIDTH - 4).map((line, i) => `${i === 0 ? '  ' : '    '}${line}`);

function logLines(logs: readonly CheckedLog[], max: number): string[] {
  const rows = logs.map(({ file, lanes, met, asked, idle }) => [
    file,
    String(lanes),
    asked + idle === 0 ? 'none' : `${met} of ${asked} hold${idle === 0 ? '' : `, ${idle} about no lane here`}`,
  ]);
  const lines = table([['log', 'lanes', 'expectations'], ...rows], { align: 'lrl', wrapLast: true });
  for (const { file, unheld } of logs) {
    for (const { number, line, lines: found } of unheld) {
      lines.push('', `${file}:${line}: event ${number} does not hold:`);
      lines.push(...found.slice(0, max).flatMap((text) => hanging(text)));
      if (found.length > max) lines.push(`  and ${found.length - max} more`);
    }
  }
  const asked = logs.reduce((sum, log) => sum + log.asked, 0);
  const failed = logs.reduce((sum, log) => sum + log.unheld.length, 0);
  const all = `${count(asked)} ${asked === 1 ? 'expectation' : 'expectations'}`;
  const of = `${all} of ${count(logs.length)} ${logs.length === 1 ? 'log' : 'logs'}`;
  lines.push('', asked === 0 ? of : failed === 0 ? `${of}: all hold` : `${of}: ${count(failed)} not so`);
  return lines;
}
