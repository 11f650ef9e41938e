// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit table LOG... --lane A,B,C`: logs by lanes, the rows that differ only. */
import { MAIL_WIDTH, table, width, wrap } from '@specialbit/view';
import { type Markdown, markdownRow, markdownRule, markdownText } from '@specialbit/view/escape';
import { type Command, Option } from 'commander';
import { type CommandContext, list } from '../command-context.js';
import { EXIT, UsageError } from '../failure.js';
import type { Terminal } from '../terminal.js';
import { loadLog } from '../time/loaded-log.js';
import { type LogTable, logTable, type TableRow } from './rows.js';

const FORMATS = ['text', 'markdown', 'csv'] as const;

export interface TableCommandOptions {
  readonly arch: string[];
  readonly format?: (typeof FORMATS)[number];
  readonly json?: boolean;
}

/** Adds the command to the command line. */
export function register(program: Command, { terminal, done }: CommandContext): void {
  program
    .command('table')
    .description('logs by lanes: a row for each answer that is not the same on all of them')
    .argument('<logs...>', 'logs')
    .requiredOption('--lane, --arch <names>', 'lanes, with commas: arm, x86_64@6.1', list)
    .addOption(new Option('--format <format>', 'what to write').choices(FORMATS).default('text'))
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
A row is told of every event that returns, signals, reports or dies otherwise;
of counts and entries only at the first event of a log at which lanes part.

Examples:
  specialbit table examples/s01-same-driver.jsonl examples/s35-stop-gup.jsonl \\
    --lane x86_64,arm,m68k
  specialbit table examples/s12-zero-page.jsonl --lane arm@6.1,arm@6.12 --format csv

Exit codes: 0 all lanes agree on all logs; 1 some do not; 2 wrong usage or
unreadable input.`,
    )
    .action(async (logs, options) => done(await tableOf(logs, options, terminal)));
}

/** Resolves to the exit code. Throws UsageError, InputError, LogError. */
export async function tableOf(
  files: readonly string[],
  options: TableCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const logs: LogTable[] = [];
  let lanes: readonly string[] = [];
  for (const file of files) {
    const made = logTable(await loadLog(file, terminal), options.arch);
    lanes = made.names;
    logs.push(made.table);
  }
  if (lanes.length < 2)
    throw new UsageError('usage.architecture', 'a table needs two lanes or more: --lane x86_64,arm');
  if (options.json === true) await terminal.out(`${JSON.stringify({ lanes, logs }, null, 2)}\n`);
  else await terminal.out(`${linesOf(logs, lanes, options.format ?? 'text', terminal).join('\n')}\n`);
  return logs.some(({ partings }) => partings > 0) ? EXIT.finding : EXIT.fine;
}

function linesOf(
  logs: readonly LogTable[],
  lanes: readonly string[],
  format: (typeof FORMATS)[number],
  terminal: Terminal,
): string[] {
  const rows = logs.flatMap((log) => log.rows);
  if (format === 'csv') return csvLines(rows, lanes);
  if (format === 'markdown') return markdownLines(rows, lanes);
  return textLines(logs, lanes, terminal);
}

function textLines(logs: readonly LogTable[], lanes: readonly string[], { color }: Terminal): string[] {
  const lines: string[] = [];
  for (const { log, rows } of logs) {
    if (rows.length === 0) continue;
    lines.push(color.bold(log), ...rowsText(rows, lanes), '');
  }
  const agree = logs.filter(({ partings }) => partings === 0).length;
  const all = logs.length === 1 ? '1 log' : `${logs.length} logs`;
  return [...lines, ...wrap(`the lanes agree on ${agree} of ${all}`)];
}

function rowsText(rows: readonly TableRow[], lanes: readonly string[]): string[] {
  const cells = rows.map(({ event, what, values }) => [String(event), what, ...values]);
  const beside = table([['', '', ...lanes], ...cells], { indent: 2, align: 'r' });
  if (beside.every((line) => width(line) <= MAIL_WIDTH)) return beside;
  return rows.flatMap(({ event, what, values }) => [
    ...wrap(`event ${event}: ${what}`, MAIL_WIDTH, '  '),
    ...table(
      values.map((value, l) => [lanes[l]!, value]),
      { indent: 4, wrapLast: true },
    ),
  ]);
}

function markdownLines(rows: readonly TableRow[], lanes: readonly string[]): Markdown[] {
  const line = (cells: readonly string[]): Markdown => markdownRow(cells.map(markdownText));
  const head = ['log', 'event', 'what', ...lanes];
  return [
    line(head),
    markdownRule(head.map((_, i) => (i === 1 ? 'r' : 'l')).join('')),
    ...rows.map(({ log, event, text, what, values }) => line([log, `${event}: ${text}`, what, ...values])),
  ];
}

/** RFC 4180. */
function csvLines(rows: readonly TableRow[], lanes: readonly string[]): string[] {
  const cell = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const line = (cells: readonly string[]): string => cells.map(cell).join(',');
  return [
    line(['log', 'event', 'call', 'what', ...lanes]),
    ...rows.map(({ log, event, text, what, values }) => line([log, String(event), text, what, ...values])),
  ];
}
