// SPDX-License-Identifier: GPL-2.0-or-later
/** What the command says of many reproducers that it ran. */
import type { Reproducer } from '@specialbit/lab';
import { table } from '@specialbit/view';
import type { Printed } from '../schema/outputs.js';
import type { Ran } from './run.js';

export interface RanLog {
  readonly file: string;
  readonly made: Reproducer | string;
  readonly ran: Ran | undefined;
}

/** Checks of a boot: how many there were, and those that failed. */
function checks(lines: readonly string[]): { readonly all: number; readonly failed: readonly string[] } {
  const all = lines.filter((line) => /^(?:not )?ok /.test(line));
  return { all: all.length, failed: all.filter((line) => line.startsWith('not')) };
}

function resultText({ made, ran }: RanLog): string {
  if (typeof made === 'string') return made;
  if (ran === undefined) return '';
  return ran.boots
    .map(({ lines, failed }, i) => {
      const { all, failed: bad } = checks(lines);
      if (bad.length > 0) return `${bad.length} of ${all} checks failed`;
      const how = lines.find((line) => /^# (?:the kernel died|no end after)|^Bail out!/.test(line))?.replace('# ', '');
      if (i > 0 && !failed) return `--fatal: ${how ?? 'as it is to'}`;
      return failed ? (how ?? 'failed') : `${all} ok`;
    })
    .join('; ');
}

/** A line for each log, then what failed in full. */
export function manyLines(results: readonly RanLog[]): string {
  const [title] = results.flatMap(({ ran }) => ran?.boots ?? []).map((boot) => boot.title.replace(/^.* on /, ''));
  const rows = results.map((result) => {
    const { made } = result;
    const events = typeof made === 'string' ? '0' : `${made.made.length}/${made.made.length + made.left.length}`;
    return [result.file, events, resultText(result)];
  });
  const lines = [...table([['log', 'events', `on ${title ?? ''}`], ...rows])];
  for (const { file, ran } of results) {
    if (ran?.failed !== true) continue;
    for (const boot of ran.boots)
      if (boot.failed) lines.push('', `${file}: ${boot.title}`, ...boot.lines.map((line) => `  ${line}`));
  }
  const played = results.filter(({ ran }) => ran !== undefined);
  const fine = played.filter(({ ran }) => ran?.failed === false).length;
  lines.push(
    '',
    `${fine} of ${played.length} as the model says; ${results.length - played.length} with nothing to run`,
  );
  return `${lines.join('\n')}\n`;
}

export function manyJson(results: readonly RanLog[]): string {
  const told: Printed<'reproduce.table'> = results.map(({ file, made, ran }) =>
    typeof made === 'string'
      ? { file, why: made }
      : { file, made: made.made.length, left: made.left, fatal: made.fatal, ...(ran === undefined ? {} : { ran }) },
  );
  return `${JSON.stringify(told, null, 2)}\n`;
}
