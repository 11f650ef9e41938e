// SPDX-License-Identifier: GPL-2.0-or-later
/** The report of `arch diff`, for a terminal and as Markdown. */
import { table, wrap } from '@specialbit/view';
import { type Markdown, markdownCode, markdownRow, markdownRule, markdownText, md } from '@specialbit/view/escape';
import type { Terminal } from '../terminal.js';
import { AREA_TITLES, AREAS, type ArchDiff, type Area, type Finding } from './diff-findings.js';

interface AreaRow {
  readonly finding: Finding;
  readonly what: string;
  readonly values: readonly (string | null)[];
}

/** Every difference of an area, in the order of logs and events. */
function rowsOf({ logs }: ArchDiff, area: Area): AreaRow[] {
  return logs.flatMap((log) =>
    log.findings.flatMap((finding) =>
      finding.differences
        .filter((difference) => difference.area === area)
        .map(({ what, values }) => ({ finding, what, values })),
    ),
  );
}

/** Reasons, each with the logs that show it, the most frequent first. */
function causesOf({ logs, names }: ArchDiff): { readonly cause: string; readonly logs: readonly string[] }[] {
  const causes = new Map<string, Set<string>>();
  for (const log of logs) {
    for (const finding of log.findings) {
      const cause = general(finding.cause, names);
      const seen = causes.get(cause) ?? new Set<string>();
      causes.set(cause, seen.add(log.name));
    }
  }
  return [...causes]
    .map(([cause, names]) => ({ cause, logs: [...names] }))
    .sort((a, b) => b.logs.length - a.logs.length);
}

/** A cause without the page, the numbers, the events and the kernel of one case, so that those of all logs meet. */
function general(cause: string, names: readonly string[]): string {
  const kernels = new RegExp(`\\b(${names.map((name) => name.split('@')[0]).join('|')})@[\\w.]+`, 'g');
  return cause
    .replace(kernels, '$1')
    .replace(/^follows from events? [\d, ]+/, 'follows from an earlier event')
    .replace(/vm_normal_page of [^:]+/, 'vm_normal_page')
    .replace(/\? (yes|no) \([^()]*(\([^()]*\))?[^()]*\)/g, '? $1')
    .replace(/Proved: with .* this goes\.$/, 'Proved: with it exchanged the difference goes.');
}

const counted = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`;

function summaryOf({ logs, names }: ArchDiff): string {
  const parted = logs.filter((log) => log.findings.length > 0).length;
  return `${names[0]} and ${names[1]} part in ${parted} of ${counted(logs.length, 'log')}.`;
}

/** Area, how many logs and differences. */
function totals(result: ArchDiff): (readonly [string, string, string])[] {
  return AREAS.map((area) => {
    const rows = rowsOf(result, area);
    return [AREA_TITLES[area], String(new Set(rows.map((row) => row.finding.log)).size), String(rows.length)] as const;
  });
}

const agreeing = ({ logs }: ArchDiff): string[] =>
  logs.filter((log) => log.findings.length === 0).map((log) => log.name);

export function terminalLines(result: ArchDiff, { color }: Terminal): string[] {
  const [a, b] = result.names;
  const lines = [color.bold(`${a} and ${b}`), ...table([['', a, b], ...result.facts])];
  lines.push(
    '',
    color.bold('what differs'),
    ...table([['', 'logs', 'differences'], ...totals(result)], { align: 'lrr', indent: 2 }),
  );
  for (const area of AREAS) {
    const rows = rowsOf(result, area);
    if (rows.length === 0) continue;
    lines.push('', color.bold(AREA_TITLES[area]));
    let last = '';
    for (const { finding, what, values } of rows) {
      const head = `${finding.log}, event ${finding.event}: ${finding.text}`;
      if (head !== last) lines.push(...wrap(head, 76).map((line, i) => `${i === 0 ? '  ' : '    '}${line}`));
      last = head;
      lines.push(`      ${what}: ${values.map((value) => value ?? 'none').join(' / ')}`);
    }
  }
  const causes = causesOf(result);
  if (causes.length > 0) lines.push('', color.bold('why'));
  for (const { cause, logs } of causes) {
    lines.push(...wrap(cause, 76).map((line, i) => `${i === 0 ? '- ' : '  '}${line}`));
    lines.push(...wrap(`shown by ${logs.join(', ')}`, 74).map((line) => `    ${line}`));
  }
  const same = agreeing(result);
  if (same.length > 0)
    lines.push('', color.bold('the same in'), ...wrap(same.join(', '), 76).map((line) => `  ${line}`));
  for (const { name, why } of result.skipped) lines.push('', ...wrap(`not run: ${name}: ${why}`));
  lines.push('', summaryOf(result));
  return lines;
}

const row = (cells: readonly string[]): Markdown => markdownRow(cells.map(markdownText));

export function markdownLines(result: ArchDiff): Markdown[] {
  const [a, b] = result.names;
  const lines = [
    md`# ${markdownText(a)} and ${markdownText(b)}`,
    md``,
    markdownText(summaryOf(result)),
    md``,
    row(['', a, b]),
    markdownRule('lll'),
    ...result.facts.map(row),
  ];
  lines.push(
    md``,
    md`## What differs for drivers`,
    md``,
    row(['', 'logs', 'differences']),
    markdownRule('lll'),
    ...totals(result).map(row),
  );
  const causes = causesOf(result);
  if (causes.length > 0) lines.push(md``, md`## Why`, md``);
  for (const { cause, logs } of causes)
    lines.push(md`- ${markdownText(cause)}  `, md`  Shown by ${markdownText(logs.join(', '))}.`);
  for (const area of AREAS) {
    const rows = rowsOf(result, area);
    if (rows.length === 0) continue;
    const title = md`## ${markdownText(AREA_TITLES[area])}`;
    lines.push(md``, title, md``, row(['log', 'event', 'what', a, b]), markdownRule('lllll'));
    for (const { finding, what, values } of rows) {
      lines.push(
        markdownRow([
          markdownText(finding.log),
          md`${finding.event}: ${markdownCode(finding.text)}`,
          ...[what, ...values.map((value) => value ?? 'none')].map(markdownText),
        ]),
      );
    }
  }
  const same = agreeing(result);
  if (same.length > 0) lines.push(md``, md`## The same in both`, md``, md`${markdownText(same.join(', '))}.`);
  if (result.skipped.length > 0)
    lines.push(
      md``,
      md`## Not run`,
      md``,
      ...result.skipped.map(({ name, why }) => md`- ${markdownText(name)}: ${markdownText(why)}`),
    );
  return lines;
}
