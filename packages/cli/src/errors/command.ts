// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit errors [CODE]` */
import { type ErrorEntry, suggestion } from '@specialbit/events';
import { MAIL_WIDTH, table, wrap } from '@specialbit/view';
import {
  markdownCode,
  markdownFile,
  markdownRow,
  markdownRule,
  markdownText,
  md,
  ownMarkdown,
} from '@specialbit/view/escape';
import { type Command, Option } from 'commander';
import { type CommandContext, EXIT_CODES } from '../command-context.js';
import { EXIT, UsageError } from '../failure.js';

import type { Terminal } from '../terminal.js';
import { ERROR_GROUPS, ERRORS } from './catalogue.js';

export interface ErrorsOptions {
  readonly json?: boolean;
  readonly markdown?: boolean;
}

/** Adds the command to the command line. */
export function register(program: Command, { terminal, done }: CommandContext): void {
  program
    .command('errors')
    .description('what an error means and what to do about it; all of them without a code')
    .argument('[code]', 'what stands in brackets behind an error')
    .option('--json', 'print the catalogue as JSON')
    .addOption(new Option('--markdown', 'print the page of the documentation').conflicts('json'))
    .addHelpText(
      'after',
      `
Examples:
  specialbit errors
  specialbit errors field-invalid
${EXIT_CODES}`,
    )
    .action(async (code, options) => done(await showErrors(code, options, terminal)));
}

/** Resolves to the exit code. Throws UsageError for a code that no error has. */
async function showErrors(code: string | undefined, options: ErrorsOptions, terminal: Terminal): Promise<number> {
  if (code === undefined) {
    await terminal.out(options.json === true ? asJson() : options.markdown === true ? asMarkdown() : asTable());
    return EXIT.fine;
  }
  const name = code.replace(/^\[|\]$/g, '');
  const entry = ERRORS.get(name);
  if (entry === undefined) {
    throw new UsageError('usage.code', `no such error: ${name}${suggestion(name, ERRORS.keys())}`);
  }
  const text = options.json === true ? `${JSON.stringify({ code: name, ...entry }, null, 2)}\n` : asText(name, entry);
  await terminal.out(text);
  return EXIT.fine;
}

function asText(code: string, { summary, remedy, kernel }: ErrorEntry): string {
  const rows: [string, string][] = [
    ['what', summary],
    ['remedy', remedy],
  ];
  if (kernel !== undefined) rows.push(['kernel', kernel]);
  return `${[code, ...table(rows, { indent: 2, wrapLast: true })].join('\n')}\n`;
}

function asTable(): string {
  const lines: string[] = [];
  for (const { title, errors } of ERROR_GROUPS) {
    if (lines.length > 0) lines.push('');
    lines.push(title);
    const rows = Object.entries(errors).map(([code, { summary }]) => [code, summary]);
    lines.push(...table(rows, { indent: 2, wrapLast: true }));
  }
  lines.push('', ...wrap('`specialbit errors CODE` says what to do about one.', MAIL_WIDTH));
  return `${lines.join('\n')}\n`;
}

function asJson(): string {
  return `${JSON.stringify(Object.fromEntries(ERRORS), null, 2)}\n`;
}

/** docs/errors.md. Summaries and remedies of the catalogue are Markdown of ours. */
function asMarkdown(): string {
  const lines = [
    md`# Errors`,
    md``,
    md`Every error that \`specialbit\` prints ends in its code, in brackets. \`specialbit errors CODE\` prints what is below`,
    md`about one. In a program the errors of all packages have the code as \`code\`.`,
    md``,
    md`This page is what \`specialbit errors --markdown\` prints; a test compares it.`,
  ];
  for (const { title, errors } of ERROR_GROUPS) {
    lines.push(
      md``,
      md`## ${markdownText(title)}`,
      md``,
      md`| code | what is wrong, and what to do | of the kernel |`,
      markdownRule('lll'),
    );
    for (const [code, { summary, remedy, kernel = '' }] of Object.entries(errors))
      lines.push(markdownRow([markdownCode(code), ownMarkdown(`${summary} ${remedy}`), ownMarkdown(kernel)]));
  }
  return markdownFile(lines);
}
