// SPDX-License-Identifier: GPL-2.0-or-later
/** Anything pasted, explained: the kernel's reports in it. */

import { readPte } from '@specialbit/core/arch';
import { type KernelReport, linesOf, Problems, readReports } from '@specialbit/importers';
import { EXIT, UsageError } from '../failure.js';
import type { Terminal } from '../terminal.js';
import { decodeEntry, type Level, parseHex, summary } from './entry.js';
import { type Explanation, explainMap } from './explain-map.js';
import { type Given, type KernelOf, kernelOf } from './kernel-of.js';
import { type Told, tell } from './other-reports.js';
import { mapLines, reportHeading, toldLines } from './report-text.js';

export interface DecodeReportOptions extends Given {
  readonly json?: boolean;
  /** Hex. */
  readonly highestMemmapPfn?: string;
  /** What the other architectures would have done. */
  readonly elsewhere?: boolean;
}

/** One report with its explanation; without an architecture only what needs none. */
interface Explained {
  readonly report: KernelReport;
  readonly kernel: KernelOf;
  readonly map?: Explanation;
  readonly told?: Told;
}

/** The reports of a text; empty where there are none. */
export function reportsIn(text: string): { readonly reports: readonly KernelReport[]; readonly problems: Problems } {
  const problems = new Problems('input');
  return { reports: readReports(linesOf(text), problems), problems };
}

/** Explains every report. Resolves to the exit code: unusable when none could be decoded. Throws UsageError. */
export async function decodeReports(
  reports: readonly KernelReport[],
  options: DecodeReportOptions,
  terminal: Terminal,
): Promise<number> {
  const explained = reports.map((report) => explain(report, options));
  if (options.json === true) {
    const plain = explained.map(plainOf);
    await terminal.out(`${JSON.stringify(plain.length === 1 ? plain[0] : plain, null, 2)}\n`);
  } else {
    const blocks = explained.map((each, i) => [
      ...reportHeading(each.report, i + 1, reports.length, terminal),
      ...linesFor(each, terminal),
    ]);
    await terminal.out(`${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`);
  }
  const undecided = explained.filter(({ map, told }) => map === undefined && told === undefined);
  if (undecided.length === 0) return EXIT.fine;
  terminal.err(`specialbit: ${unknownArch(undecided)}\n`);
  return undecided.length === explained.length ? EXIT.unusable : EXIT.fine;
}

function explain(report: KernelReport, options: DecodeReportOptions): Explained {
  const kernel = kernelOf(report, options);
  if (report.kind !== 'bad-page-map') return { report, kernel, told: tell(report, kernel) };
  if (kernel.arch === undefined || report.entry === undefined) {
    if (report.entry !== undefined) return { report, kernel };
    const told = {
      title: `Bad page map in process ${report.comm}`,
      text: ['The line breaks off before the entry ("pte:..."): there is nothing to decode.'],
    };
    return { report, kernel, told };
  }
  const highest = options.highestMemmapPfn === undefined ? undefined : Number(parseHex(options.highestMemmapPfn, 53));
  const asked = { highest, elsewhere: options.elsewhere === true };
  return { report, kernel, map: explainMap(kernel.arch, report, kernel, asked) };
}

function linesFor({ report, kernel, map, told }: Explained, terminal: Terminal): string[] {
  if (told !== undefined) return [...toldLines(told, kernel, terminal), ...walkLines(report, kernel)];
  if (map !== undefined && report.kind === 'bad-page-map' && kernel.arch !== undefined)
    return mapLines(report, kernel.arch, map, kernel, terminal);
  return [`an entry of an architecture that is not known: give --arch${either(kernel)}`];
}

/** The entries on the way to the address of an oops. */
function walkLines({ walk = {} }: KernelReport, { arch }: KernelOf): string[] {
  if (arch === undefined) return [];
  return Object.entries(walk).map(([level, value]) => {
    const p = readPte(BigInt.asUintN(arch.layout.pteBits, BigInt(`0x${value}`)));
    return `  ${level} 0x${value}: ${summary(decodeEntry(arch, p, level as Level))}`;
  });
}

const either = ({ candidates }: KernelOf): string => (candidates.length === 0 ? '' : ` (${candidates.join(', or ')}?)`);

function unknownArch(undecided: readonly Explained[]): string {
  const [first] = undecided;
  const count = undecided.length === 1 ? 'the report does not say' : `${undecided.length} reports do not say`;
  return `${count} which architecture it is${first === undefined ? '' : either(first.kernel)}: give --arch NAME; \`specialbit arch\` lists them`;
}

/** What --json prints of a report. */
function plainOf({ report, kernel, map, told }: Explained): object {
  const { text_lines: _, style: __, registers: ___, ...plain } = report;
  const { arch, version, release, because, assumed, candidates } = kernel;
  return {
    report: plain,
    kernel: { arch: arch?.name, version, release, because, assumed, candidates },
    ...map,
    ...told,
  };
}

/** Throws UsageError when there is none. */
export function needReports(text: string, where: string): readonly KernelReport[] {
  const { reports } = reportsIn(text);
  if (reports.length === 0)
    throw new UsageError('usage.report', `${where}: expected a report with "pte:", as "BUG: Bad page map" has it`);
  return reports;
}
