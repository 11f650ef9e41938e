// SPDX-License-Identifier: GPL-2.0-or-later
/** The VMAs and entries of `BUG: Bad page map` reports as a log: each becomes a process with that page, which then unmaps it. */
import { type Architecture, readPte } from '@specialbit/core/arch';
import type { LogEvent, LogHeader, MachineSpec, RawEntry } from '@specialbit/events';
import {
  type BadPageMap,
  type Imported,
  type ImportOptions,
  type Line,
  type Origin,
  Problems,
  readReports,
} from '@specialbit/importers';
import { InputError } from '@specialbit/view';
import { decodeEntry, type EntryView } from './entry.js';
import { explainMap } from './explain-map.js';
import { type Given, type KernelOf, kernelOf } from './kernel-of.js';
import type { Known } from './known.js';

/** A report that can be placed, with the architecture that its entry is of. */
interface Placed {
  readonly report: BadPageMap;
  readonly arch: Architecture;
  readonly kernel: KernelOf;
  readonly entry: EntryView;
}

/** `path`: for messages. Throws InputError, UsageError. */
export function importKernelLog(
  path: string,
  lines: readonly Line[],
  options: ImportOptions,
  given: Given,
  known: Known,
): Imported {
  const problems = new Problems(path);
  const reports = readReports([...lines], problems);
  const maps = reports.filter((report): report is BadPageMap => report.kind === 'bad-page-map');
  const left = new Map<string, number>();
  const leave = (why: string): void => void left.set(why, (left.get(why) ?? 0) + 1);
  for (const report of reports)
    if (report.kind !== 'bad-page-map')
      leave(`${report.kind.replaceAll('-', ' ')}, which has no entry: \`specialbit decode\` explains it`);
  const placed: Placed[] = [];
  for (const report of maps) {
    if (report.addr === undefined || report.entry === undefined) {
      leave('a report without "addr:" or without its entry');
      continue;
    }
    const kernel = kernelOf(report, given, known);
    const { arch } = kernel;
    if (arch === undefined) {
      const maybe = kernel.candidates.length === 0 ? '' : ` (${kernel.candidates.join(', or ')}?)`;
      throw new InputError(
        'usage.architecture',
        `${path}:${report.line}: the report does not say which architecture it is of${maybe}: give --arch NAME`,
      );
    }
    const entry = decodeEntry(
      arch,
      readPte(BigInt.asUintN(arch.layout.pteBits, BigInt(`0x${report.entry}`))),
      report.level,
    );
    placed.push({ report, arch, kernel, entry });
  }
  if (placed.length === 0) throw new InputError('input.recording', nothing(path, reports.length, maps.length));
  const chosen = new Set<string>();
  const events: LogEvent[] = [];
  const origins: Origin[] = [];
  const files: Record<string, { kind: 'device'; pages: number }> = {};
  for (const [mm, each] of placed.entries()) {
    for (const remark of remarksOf(each)) chosen.add(remark);
    for (const event of eventsOf(each, mm, files, leave)) {
      events.push(event);
      origins.push({ line: each.report.line, time: undefined, pid: each.report.cpu?.pid ?? 0, ret: null });
    }
  }
  const profile = options.profile ?? profileOf(placed[0]!.kernel);
  const header: LogHeader = {
    specialbit: 1,
    ...(options.title === undefined ? {} : { title: options.title }),
    arch: [...new Set(placed.map(({ arch }) => arch.name))],
    ...(profile === undefined ? {} : { profile }),
    ...(Object.keys(files).length === 0 ? {} : { files }),
    machine: { default: machineOf(placed, chosen, known) },
    chosen: [...chosen],
  };
  return {
    header,
    events,
    origins,
    problems: [problems],
    left,
    images: new Map(),
    checkpoints: [],
    followed: new Map(),
    records: placed.length,
  };
}

function nothing(path: string, reports: number, maps: number): string {
  if (reports === 0) return `${path}: expected a report of the kernel such as "BUG: Bad page map", found none`;
  if (maps === 0)
    return `${path}: its ${reports === 1 ? 'report has' : `${reports} reports have`} no page table entry to place; \`specialbit decode\` explains what they mean`;
  return `${path}: expected a report "BUG: Bad page map" with its entry and its "addr:" line, found none with both; \`specialbit decode\` explains as much as there is`;
}

/** The model's kernel nearest to the report's: a profile that logs can name. */
function profileOf({ version, profile }: KernelOf): string | undefined {
  return /^linux-\d+\.\d+$/.test(profile.name) && profile.version !== version ? profile.name : undefined;
}

function* eventsOf(
  { report, arch, entry }: Placed,
  mm: number,
  files: Record<string, { kind: 'device'; pages: number }>,
  leave: (why: string) => void,
): Generator<LogEvent> {
  const size = BigInt(entry.size ?? arch.page.size);
  const addr = BigInt(`0x${report.addr}`);
  const at = { addr: Number((addr / size) * size) };
  const pages = Number(size) / arch.page.size;
  const index = report.index === undefined ? 0 : Number(BigInt.asUintN(52, BigInt(`0x${report.index}`)));
  const mapped = (report.mapping !== undefined && !/^0+$/.test(report.mapping)) || report.file !== undefined;
  const file = mapped ? (report.file ?? 'mapped file') : undefined;
  if (file !== undefined) files[file] = { kind: 'device', pages: 0 };
  yield { type: 'execve', mm, start_brk: 0, start_stack: 0, comm: report.comm };
  yield {
    type: 'map_vma',
    mm,
    at,
    pages,
    vm_flags: Number(BigInt(`0x${report.vm_flags ?? '0'}`) & LOGGED),
    pgoff: index,
    ...(file === undefined ? {} : { file }),
    ...(report.anon_vma === undefined || /^0+$/.test(report.anon_vma) ? {} : { anon_vma: mm + 1 }),
  };
  if (entry.level === 'pte') {
    const raw: RawEntry = { arch: arch.name, value: entry.raw };
    yield {
      type: 'set_pte',
      mm,
      at,
      raw,
      pages: 1,
      special: entry.tests?.special === true,
      write: entry.tests?.write === true,
    };
  } else {
    leave(`an entry of the ${entry.level} level, which set_pte does not place: \`specialbit decode\` explains it`);
  }
  yield { type: 'munmap', mm, at, pages };
}

/** Bits of vm_flags that a log holds. */
const LOGGED = (1n << 53n) - 1n;

/** What the log does not say as the report does. */
function remarksOf({ report, arch, kernel }: Placed): string[] {
  const remarks: string[] = [...kernel.assumed];
  const high = BigInt(`0x${report.vm_flags ?? '0'}`) & ~LOGGED;
  if (high !== 0n) remarks.push(`vm_flags 0x${high.toString(16)} are left out: a log has none above bit 52`);
  if (report.vm_flags === undefined) remarks.push('vm_flags 0: the report has none');
  if (report.index === undefined) remarks.push('pgoff 0: the report has no index');
  const { page } = report;
  if (page !== undefined) {
    remarks.push(
      `the counts of the page: its frame has no references here (the report: refcount ${page.refcount ?? '?'}, mapcount ${page.mapcount ?? '?'} after the unmap)`,
    );
  }
  remarks.push(`the memory map: no report says where it ends`);
  const layout = kernel.profile.name.startsWith('linux-') && /^\d+\.\d+$/.test(kernel.profile.name.slice(6));
  if (!layout)
    remarks.push(
      `entries of ${arch.name} are placed bit for bit; the model plays them as its nearest kernel, not as linux-${kernel.version}`,
    );
  return remarks;
}

/** Memory that reaches the pages that were dumped, and ends before a frame that was reported for lying behind it. */
function machineOf(placed: readonly Placed[], chosen: Set<string>, known: Known): MachineSpec {
  let top = 0x10000;
  let beyond = Number.POSITIVE_INFINITY;
  for (const { report, arch, kernel, entry } of placed) {
    if (entry.kind !== 'page') continue;
    const pfn = Number.parseInt(entry.pfn ?? '0', 16);
    const { origins } = explainMap(arch, report, kernel, { highest: undefined, elsewhere: false }, known);
    const outside = report.page === undefined && origins.length > 0 && origins.every(({ valid }) => !valid);
    if (outside) beyond = Math.min(beyond, pfn);
    else if (pfn < MOST) top = Math.max(top, pfn + 16);
  }
  if (beyond < top) {
    if (beyond > 16) top = beyond;
    else chosen.add('a memory map that holds every frame of the reports');
  }
  return { ram: [[0, top]], highest_memmap_pfn: top - 1, zero_pfn: 1, zero_pages: 1, frames: {} };
}

/** Frames of more memory than this were read out of entries that are none. */
const MOST = 2 ** 34;
