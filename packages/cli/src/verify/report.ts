// SPDX-License-Identifier: GPL-2.0-or-later
/** What verify found, as text. */
import type { Op } from '@specialbit/transcripts';
import { count, MAIL_WIDTH, table, wrap } from '@specialbit/view';
import { type Markdown, markdownRow, markdownText, md } from '@specialbit/view/escape';
import type { Terminal } from '../terminal.js';
import { type Difference, FIELDS } from './fields.js';
import type { KnownDivergence } from './known.js';
import { type Apart, type ApartKind, addResult, emptyResult, type FileResult, type Mismatch, ptes } from './result.js';

export interface Verification {
  readonly files: readonly FileResult[];
  readonly known: readonly KnownDivergence[];
  readonly knownFile: string | undefined;
  /** Mismatches to show in full. */
  readonly max: number;
  /** Milliseconds from start to end. */
  readonly wall: number;
}

/** One result for each architecture, in the order of appearance. */
export function byArchitecture(files: readonly FileResult[]): FileResult[] {
  const byArch = new Map<string, FileResult>();
  for (const file of files) {
    const arch = file.arch ?? '(none)';
    const sum = byArch.get(arch) ?? emptyResult(arch);
    byArch.set(arch, sum);
    addResult(sum, file);
  }
  return [...byArch.values()];
}

export function total(files: readonly FileResult[]): FileResult {
  const sum = emptyResult('all');
  for (const file of files) addResult(sum, file);
  return sum;
}

/** `100 %` only when nothing differs. */
export function percent(agreeing: number, of: number): string {
  if (of === 0) return '-';
  if (agreeing === of) return '100 %';
  const value = (100 * agreeing) / of;
  return `${Math.min(99.99, Math.floor(value * 100) / 100).toFixed(2)} %`;
}

function rate(steps: number, ms: number): string {
  return ms === 0 ? '-' : count(Math.round((steps * 1000) / ms));
}

export function reportLines(verification: Verification, terminal: Terminal): string[] {
  const { color } = terminal;
  const all = total(verification.files);
  const lines: string[] = [];
  const mismatches = verification.files.flatMap((file) => file.mismatches).slice(0, verification.max);
  for (const mismatch of mismatches) lines.push(...mismatchLines(mismatch, terminal), '');
  lines.push(...architectureTable(verification, all), '', ...fieldTable(all, terminal), '');
  lines.push(...apartLines(all.apart), ...knownLines(verification, all));
  const steps = `${count(all.steps)} ${plural(all.steps)}`;
  if (all.agreeing === all.steps) {
    lines.push(color.green(`model and kernel agree in every field of ${steps}`));
  } else {
    const differing = all.steps - all.agreeing - all.known.length;
    const scenarios = `${count(all.differing)} of ${count(all.scenarios)} scenarios`;
    const known = all.known.length === 0 ? '' : `, and in ${count(all.known.length)} that are known`;
    const text = `model and kernel differ in ${count(differing)} of ${steps} (${scenarios})${known}`;
    lines.push(differing === 0 ? color.yellow(text) : color.red(text));
  }
  return lines;
}

/** The tables of the report in Markdown, and what it comes to. */
export function reportMarkdown({ files }: Verification): Markdown[] {
  const all = total(files);
  const row = (name: string, r: FileResult): Markdown => {
    const counts = [count(r.scenarios), count(r.steps), count(ptes(r))];
    return markdownRow([name, ...counts, percent(r.agreeing, r.steps), count(r.known.length)].map(markdownText));
  };
  const fields = FIELDS.filter((field) => all.compared[field] > 0).map((field) => {
    const compared = all.compared[field];
    const agree = compared - all.differ[field];
    return markdownRow([field, count(compared), count(agree), percent(agree, compared)].map(markdownText));
  });
  return [
    md`| arch | scenarios | steps | PTEs | agreement | known |`,
    md`| --- | ---: | ---: | ---: | ---: | ---: |`,
    ...byArchitecture(files).map((sum) => row(sum.file, sum)),
    row('all', all),
    md``,
    md`| field | compared | agree | agreement |`,
    md`| --- | ---: | ---: | ---: |`,
    ...fields,
    md``,
    markdownText(
      `model and kernel differ in ${count(all.steps - all.agreeing - all.known.length)} of ${count(all.steps)} ${plural(all.steps)}, and in ${count(all.known.length)} that are known`,
    ),
  ];
}

function architectureTable(verification: Verification, all: FileResult): string[] {
  const row = (name: string, r: FileResult, ms: number): string[] => [
    name,
    count(r.scenarios),
    count(r.steps),
    count(ptes(r)),
    percent(r.agreeing, r.steps),
    rate(r.steps, ms),
  ];
  const sums = byArchitecture(verification.files);
  const rows = [['arch', 'scenarios', 'steps', 'PTEs', 'agreement', 'steps/s']];
  for (const sum of sums) rows.push(row(sum.file, sum, sum.ms));
  if (sums.length > 1) rows.push(row('all', all, verification.wall));
  return table(rows, { align: 'lrrrrr' });
}

function fieldTable(all: FileResult, { color }: Terminal): string[] {
  const rows = [['field', 'compared', 'agree', 'agreement']];
  for (const field of FIELDS) {
    const compared = all.compared[field];
    if (compared === 0) continue;
    const agree = compared - all.differ[field];
    const text = percent(agree, compared);
    rows.push([field, count(compared), count(agree), agree === compared ? text : color.red(text)]);
  }
  return table(rows, { align: 'lrrr' });
}

/** What verify says of steps that it does not compare, in the order of the report. */
const APART: readonly (readonly [ApartKind, string])[] = [
  ['oops-both', 'the kernel died, and the model says in which function and of what'],
  ['oops-unknown', 'the kernel died, and no transcript beside tells in which operation'],
  ['survived', 'the model has the kernel look at a struct page that does not exist; this kernel survived it'],
  ['worker', 'a worker died, or did not answer'],
  ['dead', "the model's kernel had died before"],
];

function apartLines(apart: readonly Apart[]): string[] {
  if (apart.length === 0) return [];
  const lines = ['counted apart, not compared:'];
  for (const [kind, text] of APART) {
    const steps = apart.filter((step) => step.kind === kind);
    if (steps.length === 0) continue;
    lines.push(`${count(steps.length).padStart(6)}  ${text}`);
    for (const [group, members] of grouped(steps, (s) => `${s.arch}${s.where === undefined ? '' : `, ${s.where}`}`)) {
      const shown = members.slice(0, APART_SHOWN).map((s) => `${s.scenario}:${s.seq}`);
      if (members.length > APART_SHOWN) shown.push('...');
      lines.push(...wrap(`${count(members.length)} in ${group}: ${shown.join(' ')}`, MAIL_WIDTH, '        '));
    }
  }
  return [...lines, ''];
}

const APART_SHOWN = 4;

function grouped<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}

/** Every known divergence, and every step that it was met in: none is passed over in silence. */
function knownLines({ known, knownFile }: Verification, all: FileResult): string[] {
  if (known.length === 0) return [];
  const lines = [`known divergences (${knownFile}):`];
  for (const [i, entry] of known.entries()) {
    const met = all.known.filter((step) => step.known === i);
    lines.push(`  ${entry.id}: ${met.length === 0 ? 'not met' : `met in ${count(met.length)} ${plural(met.length)}`}`);
    lines.push(...wrap(entry.argument, MAIL_WIDTH, '    '));
    for (const { arch, scenario, seq, op, differences } of met) {
      const texts = differences.map(({ field, kernel, model }) => `${field} ${show(kernel)}, model ${show(model)}`);
      lines.push(`    ${arch}/${scenario}:${seq}  ${opText(op)}: ${texts.join('; ')}`);
    }
  }
  return [...lines, ''];
}

function plural(steps: number): string {
  return steps === 1 ? 'step' : 'steps';
}

/** Differences of one step that are shown; a step that went wrong early can have hundreds. */
const SHOWN = 12;

export function mismatchLines(mismatch: Mismatch, { color }: Terminal): string[] {
  const { file, line, scenario, seq, mm, op, differences } = mismatch;
  const lines = [
    color.bold(`${file}:${line}: ${scenario} step ${seq}`),
    ...wrap(`mm ${mm}: ${opText(op)}`, MAIL_WIDTH, '  '),
  ];
  for (const difference of differences.slice(0, SHOWN)) {
    const { field, where } = difference;
    lines.push(`  ${color.cyan(field)}${where === '' ? '' : ` of ${where}`}${bitsText(difference)}`);
    lines.push(`    kernel  ${show(difference.kernel)}`, `    model   ${show(difference.model)}`);
  }
  if (differences.length > SHOWN) lines.push(`  and ${differences.length - SHOWN} more`);
  return lines;
}

/** The script line, as the harness reads it. */
export function opText(op: Op): string {
  const { name, ...args } = op;
  return [name, ...Object.entries(args).map(([key, value]) => `${key}=${value}`)].join(' ');
}

/** The bits in which two raw values differ. */
function bitsText({ field, kernel, model }: Difference): string {
  if (field !== 'pte.raw' && field !== 'pte.hw' && field !== 'vma.flags' && field !== 'vma.prot') return '';
  const hex = /^[0-9a-f]+$/;
  if (typeof kernel !== 'string' || typeof model !== 'string' || !hex.test(kernel) || !hex.test(model)) return '';
  return ` (bits ${(BigInt(`0x${kernel}`) ^ BigInt(`0x${model}`)).toString(16)})`;
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The same as data. */
export function reportJson(verification: Verification): unknown {
  const { files, known, knownFile, wall, max } = verification;
  const plain = (r: FileResult): object => ({
    scenarios: r.scenarios,
    steps: r.steps,
    agreeing: r.agreeing,
    known: r.known.length,
    ptes: ptes(r),
    ms: Math.round(r.ms),
  });
  const all = total(files);
  return {
    files: files.map((r) => ({
      file: r.file,
      arch: r.arch ?? null,
      ...plain(r),
      ...(r.error === undefined ? {} : { error: r.error }),
    })),
    architectures: byArchitecture(files).map((r) => ({ arch: r.file, ...plain(r) })),
    total: { ...plain(all), ms: Math.round(wall) },
    fields: Object.fromEntries(
      FIELDS.filter((field) => all.compared[field] > 0).map((field) => [
        field,
        { compared: all.compared[field], agree: all.compared[field] - all.differ[field] },
      ]),
    ),
    mismatches: files.flatMap((r) => r.mismatches).slice(0, max),
    apart: all.apart,
    known: known.map((entry, i) => ({
      ...entry,
      file: knownFile,
      met: all.known.filter((step) => step.known === i).map(({ known: _, ...step }) => step),
    })),
  };
}
