// SPDX-License-Identifier: GPL-2.0-or-later
/** What the command says of a reproducer. */
import type { Reproducer } from '@specialbit/lab';
import { wrap } from '@specialbit/view';
import { markdownCode, markdownFile, markdownRow, markdownRule, markdownText, md } from '@specialbit/view/escape';
import type { Printed } from '../schema/outputs.js';
import type { Ran } from './run.js';

/** At most 78 columns, `indent` before each line. */
function wrapped(text: string, indent: string): string[] {
  return wrap(text, 76 - indent.length).map((line, i) => `${indent}${i === 0 ? '' : '  '}${line}`);
}

export function reproducerLines(
  file: string,
  made: Reproducer,
  output: string | undefined,
  ran: Ran | undefined,
): string {
  const total = made.made.length + made.left.length;
  const lines = [`${file}: ${made.made.length} of ${total} events can be expressed`];
  for (const { number, type, why } of made.left)
    lines.push(...wrapped(`left out: event ${number}, ${type}: ${why}`, '  '));
  if (made.groups.length === 1) lines.push(...wrapped(`the same is to be seen on ${made.groups[0]!.join(', ')}`, '  '));
  else for (const names of made.groups) lines.push(...wrapped(`one thing is to be seen on ${names.join(', ')}`, '  '));
  if (made.fatal) lines.push(...wrapped('kills the kernel, or never returns, with play --fatal', '  '));
  const needs = [...(made.bare ? ['bare='] : []), ...(made.hole ? ['hole='] : [])];
  if (needs.length > 0)
    lines.push(...wrapped(`maps memory without struct page: the module needs ${needs.join(' and ')}`, '  '));
  const names = [...made.files.keys()].join(' ');
  lines.push(output === undefined ? `with -o DIR: ${names}` : `${output}: ${names}`);
  if (ran !== undefined)
    for (const boot of ran.boots)
      lines.push('', `${boot.title}, ${boot.seconds} s`, ...boot.lines.map((line) => `  ${line}`));
  return `${lines.join('\n')}\n`;
}

export function reproducerJson(
  file: string,
  made: Reproducer,
  output: string | undefined,
  ran: Ran | undefined,
): string {
  const { files, ...rest } = made;
  const told: Printed<'reproduce'> = {
    file,
    ...(output === undefined ? {} : { folder: output }),
    files: [...files.keys()],
    ...rest,
    ...(ran === undefined ? {} : { ran }),
  };
  return `${JSON.stringify(told, null, 2)}\n`;
}

/** One row a log. */
export function tableText(
  rows: readonly { readonly file: string; readonly made: Reproducer | string }[],
  json: boolean,
): string {
  if (json)
    return `${JSON.stringify(
      rows.map(({ file, made }) =>
        typeof made === 'string'
          ? { file, why: made }
          : { file, made: made.made.length, left: made.left, fatal: made.fatal },
      ),
      null,
      2,
    )}\n`;
  const lines = [md`| log | events | left out |`, markdownRule('lll')];
  for (const { file, made } of rows) {
    if (typeof made === 'string') {
      lines.push(markdownRow([markdownCode(file), md`none`, markdownText(made)]));
      continue;
    }
    const total = made.made.length + made.left.length;
    const why = made.left.map(({ number, why: text }) => `${number}: ${text}`).join('; ');
    const events = made.left.length === 0 ? md`all ${total}` : md`${made.made.length} of ${total}`;
    const fatal = made.fatal ? md`, \`--fatal\`` : md``;
    lines.push(markdownRow([markdownCode(file), md`${events}${fatal}`, markdownText(why)]));
  }
  return markdownFile(lines);
}
