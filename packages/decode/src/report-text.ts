// SPDX-License-Identifier: GPL-2.0-or-later
/** An explained report as text that survives a mail. */

import type { DecisionPath } from '@specialbit/core';
import type { Architecture } from '@specialbit/core/arch';
import { lookup } from '@specialbit/events';
import type { BadPageMap, KernelReport } from '@specialbit/importers';
import { type Painted, table, wrap } from '@specialbit/view';
import { entryLines } from './entry.js';
import type { Explanation } from './explain-map.js';
import type { KernelOf } from './kernel-of.js';
import type { Told } from './other-reports.js';

/** The report does not tell the memory map and the zero page: there the answers are read off it, not off numbers. */
const FROM_REPORT: Readonly<Record<string, string>> = lookup({
  special_zero: 'it would not have been reported',
  zero: 'it would not have been reported',
  mixedmap_zero: 'it would not have been reported',
  special_devmap: 'by the entry itself',
  mixedmap_valid: 'as the report implies',
  beyond_memmap: 'as the report implies',
});

export function pathLines(path: DecisionPath): string[] {
  return table(
    path.steps.map(({ id, question, answer, because }) => [
      question,
      answer ? 'yes' : 'no',
      FROM_REPORT[id] ?? because,
    ]),
    { indent: 2, wrapLast: true },
  );
}

const paragraph = (text: string): string[] => wrap(text, 76).map((line) => `  ${line}`);
/** A list of sentences, each with a dash. */
const items = (texts: readonly string[]): string[] =>
  texts.flatMap((text) => wrap(text, 74).map((line, i) => `  ${i === 0 ? '-' : ' '} ${line}`));

/** A report of a bad page map. `heading`: which of several it is. */
export function mapLines(
  report: BadPageMap,
  arch: Architecture,
  { entry, vm_flags, index, branch, origins, page, notes, missing, elsewhere }: Explanation,
  kernel: KernelOf,
  painted: Painted,
): string[] {
  const { color } = painted;
  const tables = Object.entries(report.tables).filter(([level]) => level !== report.level);
  const handlers = Object.entries(report.handlers).map(([name, value]) => `${name}: ${value}`);
  const rows: [string, string][] = [
    ['vm_flags', vm_flags ?? 'not in the report'],
    ['addr', report.addr === undefined ? 'not in the report' : `0x${report.addr}`],
    ['index', index ?? 'not in the report'],
    ...tables.map(([level, value]): [string, string] => [level, tableText(arch, value)]),
    ...(report.file === undefined ? [] : ([['file', report.file]] as [string, string][])),
    ...(handlers.length === 0 ? [] : ([['handlers', handlers.join(', ')]] as [string, string][])),
  ];
  const lines = [
    ...entryLines(entry, painted),
    '',
    ...table(rows, { wrapLast: true }),
    '',
    color.bold('where it came from'),
    ...branch.flatMap(paragraph),
    ...origins.slice(0, 1).flatMap(({ path }) => pathLines(path)),
  ];
  if (page.length > 0) lines.push('', color.bold('the page'), ...items(page));
  if (notes.length > 0) lines.push('', color.bold('what stands out'), ...items(notes));
  lines.push(...knownLines(kernel, missing, painted));
  for (const { valid, groups } of elsewhere) {
    lines.push('', color.bold(`the same entry elsewhere, if the frame has ${valid ? 'a' : 'no'} struct page`));
    for (const group of groups) {
      lines.push(`  ${group.verdict} (${group.text}); unmapping: ${group.unmapping}`);
      lines.push(...wrap(group.archs.join(', '), 74).map((line) => `    ${line}`));
    }
  }
  return fitted(lines);
}

/** Any other report. */
export function toldLines({ title, text }: Told, kernel: KernelOf | undefined, painted: Painted): string[] {
  const lines = [painted.color.bold(title), ...text.flatMap(paragraph)];
  if (kernel?.release !== undefined) lines.push(`  kernel ${kernel.release}`);
  return fitted(lines);
}

/** By what it was decoded, what was assumed, and what is missing. */
function knownLines({ because, assumed, version }: KernelOf, missing: readonly string[], { color }: Painted): string[] {
  const rows: [string, string][] = [];
  if (because.length > 0) rows.push(['known by', because.join('; ')]);
  if (assumed.length > 0) rows.push(['assumed', `${assumed.join('; ')} (--arch, --kernel say otherwise)`]);
  if (missing.length > 0) rows.push(['missing', missing.join(', ')]);
  return rows.length === 0
    ? []
    : ['', color.bold(`decoded as linux-${version}`), ...table(rows, { indent: 2, wrapLast: true })];
}

/** Of which report a block is, where there are several. */
export function reportHeading(report: KernelReport, nth: number, of: number, { color }: Painted): string[] {
  if (of < 2) return [];
  const what = report.kind === 'bad-page-map' ? `bad page map in ${report.comm}` : report.kind.replaceAll('-', ' ');
  return [color.bold(`report ${nth} of ${of}, line ${report.line}: ${what}`)];
}

/** An entry of a level above, with the names of its bits. */
function tableText(arch: Architecture, hex: string): string {
  const value = BigInt(`0x${hex}`);
  const names = arch.layout.bits.filter(
    ({ kind, mask }) => kind === 'directory' && mask !== 0n && (value & mask) === mask,
  );
  return `0x${hex}${names.length === 0 ? '' : `: ${names.map(({ name }) => name).join('|')}`}`;
}

function fitted(lines: readonly string[]): string[] {
  return lines.flatMap((line) => (line.length > 100 ? wrapIndented(line) : [line]));
}

function wrapIndented(line: string): string[] {
  const indent = /^ */.exec(line)?.[0] ?? '';
  return wrap(line, 78 - indent.length - 2).map((part, i) => (i === 0 ? indent : `${indent}  `) + part);
}
