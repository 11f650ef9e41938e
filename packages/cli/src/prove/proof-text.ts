// SPDX-License-Identifier: GPL-2.0-or-later
/** What came of proving logs, for people and for programs. */
import { table } from '@specialbit/view';
import {
  type Markdown,
  markdownCode,
  markdownFile,
  markdownRow,
  markdownRule,
  markdownText,
  md,
} from '@specialbit/view/escape';
import type { Printed } from '../schema/outputs.js';
import type { ProvedEvent, ProvedLane, Verdict } from './judge-steps.js';

export function proofJson(results: readonly ProvedLane[]): string {
  const lanes = results.map((result) => ({ ...result, ...counts(result.events) }));
  return `${JSON.stringify({ lanes } satisfies Printed<'prove'>, null, 2)}\n`;
}

/** How many steps came to each verdict. */
export function counts(events: readonly ProvedEvent[]): {
  readonly agreed: number;
  readonly differing: number;
  readonly other: number;
} {
  const agreed = events.filter(({ verdict }) => verdict === 'agreed').length;
  const differing = events.filter(({ verdict }) => verdict === 'differs' || verdict === 'died').length;
  return { agreed, differing, other: events.length - agreed - differing };
}

/** `all`: with the steps that agree. */
export function proofText(results: readonly ProvedLane[], all: boolean): string {
  const lines: string[] = [];
  for (const { file, lane, why, release, events } of results) {
    if (why !== undefined) {
      lines.push(`${file} on ${lane}: not proved: ${why}`);
      continue;
    }
    lines.push(`${file} on ${lane}, Linux ${release}: ${summary(events)}`);
    const shown = events.filter(({ verdict }) => all || verdict !== 'agreed');
    const rows = shown.map(({ numbers, verdict, kernel = '', line = '', why: reason, model = '' }) => [
      `  ${numbers.join('-')}`,
      WORDS[verdict],
      line.split(' ')[0] ?? '',
      reason ?? (kernel === model || model === '' ? kernel : `${kernel} (the log: ${model})`),
    ]);
    lines.push(...table(rows, { align: 'rlll' }));
    for (const { numbers, differences } of shown)
      for (const { field, where, kernel, model } of differences)
        lines.push(
          `  ${numbers.join('-')}: ${where === '' ? '' : `${where}: `}${field}: kernel ${show(kernel)}, model ${show(model)}`,
        );
  }
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

const show = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));

const WORDS: Readonly<Record<Verdict, string>> = {
  agreed: 'agreed',
  differs: 'differs',
  refused: 'not called',
  died: 'died',
  apart: 'apart',
  inexpressible: 'not expressible',
};

function summary(events: readonly ProvedEvent[]): string {
  const of = (verdict: Verdict): number => events.filter((event) => event.verdict === verdict).length;
  const parts = (Object.keys(WORDS) as Verdict[]).flatMap((verdict) =>
    of(verdict) === 0 ? [] : [`${of(verdict)} ${WORDS[verdict]}`],
  );
  return parts.join(', ');
}

/** Logs by lanes: how many steps agree, of how many that the log has. */
export function proofTable(results: readonly ProvedLane[]): string {
  const lanes = [...new Set(results.map(({ lane }) => lane))].sort();
  const releases = new Map(results.flatMap(({ lane, release }) => (release === undefined ? [] : [[lane, release]])));
  const files = [...new Set(results.map(({ file }) => file))];
  const cell = (file: string, lane: string): Markdown => {
    const found = results.find((result) => result.file === file && result.lane === lane);
    if (found === undefined) return md``;
    if (found.why !== undefined) return markdownText(found.why);
    const { agreed, differing, other } = counts(found.events);
    const deaths = found.events.filter(({ why = '' }) => why.startsWith('BUG')).length;
    if (differing > 0) return md`**${differing} differ**`;
    if (other === 0) return md`all ${agreed}`;
    const left = other - deaths;
    const parts = [
      `${agreed}`,
      deaths > 0 ? `${deaths} not called: the kernel would die` : '',
      left > 0 ? `${left} not asked` : '',
    ];
    return markdownText(parts.filter((text) => text !== '').join(', '));
  };
  const head = [md`log`, ...lanes.map((lane) => markdownText(`${lane} (Linux ${releases.get(lane) ?? '?'})`))];
  const rows = files.map((file) => [markdownCode(file), ...lanes.map((lane) => cell(file, lane))]);
  return markdownFile([markdownRow(head), markdownRule(head.map(() => 'l').join('')), ...rows.map(markdownRow)]);
}
