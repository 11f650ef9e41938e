// SPDX-License-Identifier: GPL-2.0-or-later
/** Anything pasted, explained: the kernel's reports in it. */

import { readPte } from '@specialbit/core/arch';
import { type KernelReport, linesOf, Problems, readReports } from '@specialbit/importers';
import { type Painted, UsageError } from '@specialbit/view';
import type { Decoded } from './decoded.js';
import { decodeEntry, type Level, parseHex, summary } from './entry.js';
import { type Explanation, explainMap } from './explain-map.js';
import { type Given, type KernelOf, kernelOf } from './kernel-of.js';
import type { Known } from './known.js';
import { type Told, tell } from './other-reports.js';
import { mapLines, reportHeading, toldLines } from './report-text.js';

export interface DecodeReportOptions extends Given {
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

/** Explains every report. Throws UsageError. */
export function decodeReports(reports: readonly KernelReport[], options: DecodeReportOptions, known: Known): Decoded {
  const explained = reports.map((report) => explain(report, options, known));
  const undecided = explained.filter(({ map, told }) => map === undefined && told === undefined);
  return {
    blocks: (painted) =>
      explained.map((each, i) => [
        ...reportHeading(each.report, i + 1, reports.length, painted),
        ...linesFor(each, painted),
      ]),
    plain: explained.map(plainOf),
    entries: explained.flatMap(({ kernel: { arch }, map }) =>
      arch === undefined || map === undefined ? [] : [{ name: arch.name, arch, view: map.entry }],
    ),
    ...(undecided.length === 0 ? {} : { undecided: unknownArch(undecided) }),
    ...(undecided.length === explained.length ? { unusable: true as const } : {}),
  };
}

function explain(report: KernelReport, options: DecodeReportOptions, known: Known): Explained {
  const kernel = kernelOf(report, options, known);
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
  return { report, kernel, map: explainMap(kernel.arch, report, kernel, asked, known) };
}

function linesFor({ report, kernel, map, told }: Explained, painted: Painted): string[] {
  if (told !== undefined) return [...toldLines(told, kernel, painted), ...walkLines(report, kernel)];
  if (map !== undefined && report.kind === 'bad-page-map' && kernel.arch !== undefined)
    return mapLines(report, kernel.arch, map, kernel, painted);
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
