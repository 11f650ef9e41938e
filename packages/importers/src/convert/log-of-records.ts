// SPDX-License-Identifier: GPL-2.0-or-later
/** From records to a log: header, events, and where snapshots belong. */

import type { Architecture } from '@specialbit/core/arch';
import type { LogHeader } from '@specialbit/events';
import type { Checkpoint, Imported, ImportOptions } from '../imported.js';
import type { Problems } from '../problems.js';
import type { Snapshot } from '../proc/snapshot.js';
import type { SnapshotMark } from '../recording.js';
import type { MachineRecord, TraceRecord } from '../records.js';
import { Converter } from './convert.js';
import { type ExecImage, imageOfElf, imageOfSnapshot } from './exec-image.js';
import { followRecorded } from './follow.js';
import { hugeSettings, hugetlbPools, largeFolios, modeOf } from './huge-settings.js';
import { archOfRecords, isNarrow } from './machine-of-records.js';
import { placeSnapshot } from './place-snapshot.js';
import { findPlacement } from './placement.js';
import { flagsOfProt, machineOf, memoryOf, mostPfn, zeroPage } from './recorded-machine.js';

/** What the kernels of distributions have. */
const USUAL_CONFIG = ['CONFIG_KSM', 'CONFIG_TRANSPARENT_HUGEPAGE'];

/** What a recording is taken to be of when nothing in it says. */
const DEFAULT_ARCH = 'x86_64';

export interface Converting {
  /** The records are a trace's, which can have page faults. */
  readonly traced?: boolean;
  readonly records: readonly TraceRecord[];
  readonly problems: readonly Problems[];
  readonly marks: readonly SnapshotMark[];
  /** Where a snapshot belongs that the trace does not mark. */
  readonly isBefore: (record: TraceRecord, mark: SnapshotMark) => boolean;
  /** Threads that did something while the snapshot was taken, where the trace marks its beginning and its end. */
  readonly movingIn?: (mark: SnapshotMark) => ReadonlySet<number>;
}

function isSnapshot(base: ReadonlyMap<number, Snapshot> | Snapshot): base is Snapshot {
  return !(base instanceof Map);
}

/** For each snapshot, how many programs each process has started until then. */
function programsAt({ records, marks, isBefore }: Converting): ReadonlyMap<number, number>[] {
  const counts = new Map<number, number>();
  const at: Map<number, number>[] = [];
  for (const record of records) {
    while (at.length < marks.length && !isBefore(record, marks[at.length]!)) at.push(new Map(counts));
    const started = record.type === 'syscall' && record.call.name === 'execve' && record.ret === 0;
    if (started) counts.set(record.pid, (counts.get(record.pid) ?? 0) + 1);
  }
  while (at.length < marks.length) at.push(new Map(counts));
  return at;
}

export function convert(input: Converting, options: ImportOptions): Imported {
  const { marks } = input;
  const { local } = options;
  const randomized = !input.records.some(
    (r) => r.type === 'syscall' && r.call.name === 'personality' && (r.call.flags & 0x40000) !== 0 && r.ret !== -1,
  );
  const recorded = archOfRecords(input.records);
  const arch = options.arch ?? options.architecture?.(recorded ?? DEFAULT_ARCH);
  const machine = machineOf(input.records);
  const programs = programsAt(input);
  const execs = new Map<number, number>();
  let position = 0;
  const imageOf = (path: string | undefined, pid: number): ExecImage | undefined => {
    const nth = (execs.get(pid) ?? 0) + 1;
    execs.set(pid, nth);
    // this machine's programs say nothing of another architecture's
    if (path !== undefined && local !== undefined && (arch === undefined || arch.name.startsWith('x86_64'))) {
      const program = local.program(path);
      const interpreter = program?.elf.interpreter === undefined ? undefined : local.program(program.elf.interpreter);
      if (program !== undefined && (program.elf.interpreter === undefined || interpreter !== undefined)) {
        if (!randomized) return imageOfElf(program, interpreter);
        const placed = findPlacement(program, interpreter, pid, input.records.slice(position));
        if (placed !== undefined && marks.length === 0) {
          if (placed.stack === undefined) converter.log.chosen.add(`where the stack of ${path} is: there is none`);
          return imageOfElf(program, interpreter, placed);
        }
      }
    }
    // the first snapshot of this process that is taken while it runs this program
    for (const [i, mark] of marks.entries()) {
      if (i < nextMark || programs[i]!.get(pid) !== nth) continue;
      const image = mark.images.find((found) => found.pid === pid);
      if (image !== undefined) return imageOfSnapshot(image.snapshot, path);
    }
    return undefined;
  };
  let nextMark = 0;
  const { base } = options;
  let baseUsed = false;
  const converter: Converter = new Converter({
    imageOf,
    begin: (pid, mm) => {
      const snapshot =
        base === undefined ? undefined : isSnapshot(base) ? (baseUsed ? undefined : base) : base.get(pid);
      if (snapshot === undefined) return [];
      baseUsed = true;
      return placeSnapshot(snapshot, mm, converter.log.files, converter.log.frames, converter.log.page, {
        ...(options.profile === undefined ? {} : { profile: options.profile }),
        ...(arch?.pmd === undefined ? {} : { pmdPages: arch.pmd.pages }),
        enabled: modeOf(input.records),
      });
    },
    ...(local === undefined ? {} : { sizeOf: local.sizeOf }),
    memory: memoryOf(machine, arch?.page.size ?? 4096),
    ...(arch === undefined ? {} : { flagsOfProt: flagsOfProt(arch) }),
    probed: input.records.some((record) => record.type === 'driver_call'),
    ...(arch?.pmd === undefined ? {} : { pmdPages: arch.pmd.pages }),
    ...(arch === undefined ? {} : { page: arch.page.size, mostPfn: mostPfn(arch), task_size: Number(arch.TASK_SIZE) }),
  });
  const { log } = converter;
  converter.prepare(input.records);
  for (const { missing } of machine)
    if (missing !== undefined) log.chosen.add(`nothing of what the recording had no means to see: no ${missing}`);
  for (const remark of faultRemarks(input)) log.chosen.add(remark);
  const checkpoints: Checkpoint[] = [];
  const reached = (mark: SnapshotMark): void => {
    const mms = new Map<number, number>();
    for (const { pid } of mark.images) {
      const mm = converter.mmOf(pid);
      if (mm !== undefined) mms.set(pid, mm);
    }
    const moving = new Set<number>();
    for (const pid of input.movingIn?.(mark) ?? []) {
      const mm = converter.mmOf(pid);
      if (mm !== undefined) moving.add(mm);
    }
    checkpoints.push({ mark, events: log.events.length, mms, moving });
    nextMark++;
  };
  for (const record of input.records) {
    while (nextMark < marks.length && !input.isBefore(record, marks[nextMark]!)) reached(marks[nextMark]!);
    converter.push(record);
    position++;
  }
  while (nextMark < marks.length) reached(marks[nextMark]!);
  const header = headerOf(input, options, converter.log, { arch, recorded, machine });
  const rest = { problems: input.problems, left: log.left, images: log.images, records: position };
  if (arch === undefined) {
    return { header, events: log.events, origins: log.origins, checkpoints, followed: new Map(), ...rest };
  }
  const { events, origins, followed, position: moved } = followRecorded(header, log.events, log.origins, arch);
  const count = [...followed.values()].reduce((sum, each) => sum + each.count, 0);
  const remark = `results that the model does not reach are followed as recorded: ${count}`;
  return {
    header: count === 0 ? header : { ...header, chosen: [...(header.chosen ?? []), remark] },
    events,
    origins,
    checkpoints: checkpoints.map((checkpoint) => ({ ...checkpoint, events: moved(checkpoint.events) })),
    followed,
    ...rest,
  };
}

/** What was recorded, as far as the recording says it. */
interface RecordedOn {
  readonly arch: Architecture | undefined;
  readonly recorded: string | undefined;
  readonly machine: readonly MachineRecord[];
}

/** The header, with what had to be chosen because nothing recorded says it. */
function headerOf(
  input: Converting,
  options: ImportOptions,
  log: Converter['log'],
  { arch, recorded, machine }: RecordedOn,
): LogHeader {
  const { marks } = input;
  for (const remark of archRemarks(input.records, options, recorded, arch)) log.chosen.add(remark);
  // memory types, which matter for what drivers map
  const driven = input.records.some(({ type }) => type === 'driver_call') && arch?.facts.PFNMAP_TRACKING === true;
  const usual = driven ? [...USUAL_CONFIG, 'CONFIG_X86_PAT'] : USUAL_CONFIG;
  if (options.config === undefined) log.chosen.add(`the kernel's configuration: ${usual.join(', ')}`);
  const zero = zeroPage(marks) ?? machine.find(({ zero_pfn }) => zero_pfn !== undefined)?.zero_pfn;
  if (zero === undefined) log.chosen.add('the pfn of the zero page');
  const unsized = [...log.files.all.values()].filter((f) => f.kind !== 'device' && !f.sized && f.reached > 0).length;
  if (unsized > 0) log.chosen.add(`the sizes of ${unsized} files: as much as is mapped of them`);
  if (largeFolios(marks, log.files))
    log.chosen.add('that large folios of page caches are the same from the start as in the snapshots');
  const hugetlb = hugetlbPools(log.events, log.files.specs(), arch?.pmd?.pages ?? 512);
  if (hugetlb !== undefined)
    log.chosen.add(
      `the huge pages in the pools of hugetlb: ${Object.entries(hugetlb)
        .map(([key, value]) => `${key}=${value}`)
        .join(', ')}`,
    );
  const thp = hugeSettings(input.records, log.events, arch?.pmd?.pages ?? 512);
  if (thp !== undefined) {
    const settings = Object.entries(thp).map(([key, value]) => `${key}=${value}`);
    log.chosen.add(`the settings of transparent huge pages: ${settings.join(', ')}`);
  }
  return {
    specialbit: 1,
    ...(options.title === undefined ? {} : { title: options.title }),
    arch: [arch?.name ?? DEFAULT_ARCH],
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    config: options.config ?? usual,
    files: log.files.specs(),
    ...(thp === undefined ? {} : { thp }),
    ...(hugetlb === undefined ? {} : { hugetlb }),
    machine: { default: log.frames.machine(zero) },
    ...(log.chosen.size === 0 ? {} : { chosen: [...log.chosen] }),
  };
}

/** What follows from a trace without page faults. */
function faultRemarks({ traced, records }: Converting): string[] {
  if (traced !== true || records.some(({ type }) => type === 'fault')) return [];
  const pages = records.filter((record) => record.type === 'rss' && record.curr && record.pages > 0).length;
  const seen = pages === 0 ? '' : `; rss_stat shows pages that came in (${pages} lines), and not where`;
  return [
    `no page faults are in the trace (page_fault_user and page_fault_kernel exist on x86 and few others): pages are there only where calls fault them in${seen}`,
  ];
}

function archRemarks(
  records: readonly TraceRecord[],
  options: ImportOptions,
  recorded: string | undefined,
  arch: Architecture | undefined,
): string[] {
  const remarks: string[] = [];
  if (options.arch === undefined && recorded === undefined)
    remarks.push(
      `the architecture: nothing in the recording says it; ${arch?.name ?? DEFAULT_ARCH} (--arch says otherwise)`,
    );
  if (arch !== undefined && arch.bits === 64 && isNarrow(records))
    remarks.push(`the processes are of 32 bits; they are played on ${arch.name} (--arch says otherwise)`);
  return remarks;
}
