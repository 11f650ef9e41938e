// SPDX-License-Identifier: GPL-2.0-or-later
/** From records to a log. */
import { findProfile } from '@specialbit/core';
import type { Architecture } from '@specialbit/core/arch';
import { type FileSpec, type LogEvent, type LogHeader, MAP_FLAGS } from '@specialbit/events';
import { Converter } from './convert/convert.js';
import { type ExecImage, imageOfElf, imageOfSnapshot, type Program } from './convert/exec-image.js';
import type { Files } from './convert/files.js';
import { type Followed, followRecorded } from './convert/follow.js';
import type { RecordedMemory } from './convert/frames.js';
import type { Origin } from './convert/log-builder.js';
import { archOfRecords, isNarrow } from './convert/machine-of-records.js';
import { inOrder, mergeRecords } from './convert/merge.js';
import { nameMappings } from './convert/name-mappings.js';
import { placeSnapshot } from './convert/place-snapshot.js';
import { findPlacement } from './convert/placement.js';
import type { Parsed, TraceFormat } from './parse.js';
import type { Problems } from './problems.js';
import type { Snapshot } from './proc/snapshot.js';
import type { Recording, SnapshotMark } from './recording.js';
import type { MachineRecord, TraceRecord } from './records.js';

/** The files that a recording names. */
export interface LocalFiles {
  /** A program's headers; undefined for what is none. */
  readonly program: (path: string) => Program | undefined;
  /** Bytes of a file; undefined where there is none. */
  readonly sizeOf: (path: string) => number | undefined;
}

export interface ImportOptions {
  /** What the processes have when the log begins: a snapshot for each pid, or one for whichever comes first. */
  readonly base?: ReadonlyMap<number, Snapshot> | Snapshot;
  /** Programs and files of the machine that was recorded, for their headers and sizes; absent: nothing is looked at. */
  readonly local?: LocalFiles;
  readonly title?: string;
  /** Kernel profile of the log, `linux-6.18`; the default profile when absent. */
  readonly profile?: string;
  /** Kconfig symbols; those that distributions set when absent. */
  readonly config?: readonly string[];
  /** The architecture that was recorded; found out where it is absent. */
  readonly arch?: Architecture;
  /** Finds an architecture by its name; without it the recorded results are not held against the model. */
  readonly architecture?: (name: string) => Architecture | undefined;
}

/** A moment of the log that a snapshot shows. */
export interface Checkpoint {
  readonly mark: SnapshotMark;
  /** The snapshot shows the state after so many events. */
  readonly events: number;
  /** Address spaces of the processes in the snapshot. */
  readonly mms: ReadonlyMap<number, number>;
  /** Address spaces that were used while the snapshot was taken: their images show no single moment. */
  readonly moving: ReadonlySet<number>;
}

export interface Imported {
  readonly header: LogHeader;
  readonly events: readonly LogEvent[];
  readonly origins: readonly Origin[];
  readonly problems: readonly Problems[];
  /** Calls that were left out, by reason. */
  readonly left: ReadonlyMap<string, number>;
  /** How many programs started with mappings from where: `elf`, `snapshot`, `unknown`. */
  readonly images: ReadonlyMap<string, number>;
  readonly checkpoints: readonly Checkpoint[];
  /** Records that were used, all sources together. */
  readonly records: number;
  /** Recorded results that the model does not reach, by what they are: the log follows them. */
  readonly followed: ReadonlyMap<string, Followed>;
  /** What the recorded kernel itself says of entries, by address: its own answers and counts. */
  readonly seen?: ReadonlyMap<number, readonly string[]>;
}

/** What the kernels of distributions have. */
const USUAL_CONFIG = ['CONFIG_KSM', 'CONFIG_TRANSPARENT_HUGEPAGE'];

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

interface Converting {
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

/** What says that its thread used its address space. */
const USES = new Set<TraceRecord['type']>(['syscall', 'fault', 'exit']);

function convert(input: Converting, options: ImportOptions): Imported {
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
  const header: LogHeader = {
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

/** Large folios of the page caches of files, which snapshots show where pages of them are mapped. */
function largeFolios(marks: readonly SnapshotMark[], files: Files): boolean {
  let found = false;
  for (const { images } of marks) {
    for (const { snapshot } of images) {
      for (const page of snapshot.pages ?? []) {
        if (page.folio === undefined || page.pfn === undefined || !page.pm.includes('file_shared')) continue;
        const addr = page.vpn * 4096;
        const vma = snapshot.maps.find(({ start, end }) => start <= addr && addr < end);
        const order = Math.log2(page.folio.pages);
        if (vma === undefined || !vma.name.startsWith('/') || !Number.isInteger(order) || order < 1) continue;
        found = true;
        const index = (vma.offset + addr - vma.start) / 4096 - (page.pfn - page.folio.head);
        files.large(vma.name, index, order);
      }
    }
  }
  return found;
}

/** MAP_HUGE_SHIFT (include/uapi/asm-generic/hugetlb_encode.h), and its six bits. */
const MAP_HUGE_SHIFT = 26;
const MAP_HUGE_MASK = 0x3f;

/** Pools that are large enough for all that is mapped of hugetlb, in each process that could copy it; undefined without any. */
function hugetlbPools(
  events: readonly LogEvent[],
  files: Readonly<Record<string, FileSpec>>,
  pmd: number,
): NonNullable<LogHeader['hugetlb']> | undefined {
  const mapped = { pmd: 0, pud: 0 };
  let processes = 1;
  for (const event of events) {
    if (event.type === 'fork') processes++;
    if (event.type !== 'mmap' && event.type !== 'map_vma') continue;
    const file = event.file === undefined ? undefined : files[event.file];
    if (file?.kind === 'hugetlbfs') mapped[file.huge_page ?? 'pmd'] += event.pages;
    if (event.type === 'map_vma' || (event.flags & MAP_FLAGS.MAP_HUGETLB) === 0 || file !== undefined) continue;
    const shift = (event.flags >>> MAP_HUGE_SHIFT) & MAP_HUGE_MASK;
    mapped[shift > Math.log2(pmd) + 12 ? 'pud' : 'pmd'] += event.pages;
  }
  if (mapped.pmd === 0 && mapped.pud === 0) return undefined;
  const pages = (of: number, size: number): string => String(Math.ceil(of / size) * processes);
  return {
    nr_hugepages: pages(mapped.pmd, pmd),
    ...(mapped.pud === 0 ? {} : { 'hugepages-pud/nr_hugepages': pages(mapped.pud, pmd * pmd) }),
  };
}

type Thp = NonNullable<LogHeader['thp']>;

/** Who has huge pages, if anybody: who asks for them, where somebody does. */
function modeOf(records: readonly TraceRecord[]): 'always' | 'madvise' {
  const asks = (r: TraceRecord): boolean =>
    r.type === 'syscall' && r.call.name === 'madvise' && r.call.advice === 'MADV_HUGEPAGE' && r.ret !== -1;
  return records.some(asks) ? 'madvise' : 'always';
}

/**
 * Whether a trace shows transparent huge pages (mm_page_alloc with GFP_TRANSHUGE, huge pages of khugepaged), of which sizes,
 * and who has them.
 */
function hugeSettings(records: readonly TraceRecord[], events: readonly LogEvent[], pmd: number): Thp | undefined {
  const sizes = new Set<number>();
  // what khugepaged allocates says nothing of faults
  const processes = new Set(records.filter(({ type }) => type === 'fault' || type === 'syscall').map(({ pid }) => pid));
  for (const record of records)
    if (record.type === 'page_alloc' && record.huge && record.order > 0 && processes.has(record.pid))
      sizes.add(2 ** record.order);
  // a snapshot that has some was placed
  if (events.some((event) => event.type === 'tune')) sizes.add(pmd);
  if (sizes.size === 0 && !records.some((record) => record.type === 'collapse')) return undefined;
  const mode = modeOf(records);
  const thp: Record<string, string> = { enabled: sizes.has(pmd) ? mode : 'never' };
  for (const size of [...sizes].sort((a, b) => a - b))
    if (size < pmd) thp[`hugepages-order${Math.log2(size)}/enabled`] = mode;
  return thp;
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

/** What the recording script wrote down of its machine. */
function machineOf(records: readonly TraceRecord[]): MachineRecord[] {
  return records.filter((record) => record.type === 'machine');
}

function memoryOf(machine: readonly MachineRecord[], page: number): RecordedMemory {
  const ram: [number, number][] = [];
  for (const { ram: bytes } of machine) {
    if (bytes === undefined) continue;
    const [first, end] = [Math.ceil(bytes[0] / page), Math.floor((bytes[1] + 1) / page)];
    if (end > first) ram.push([first, end]);
  }
  return ram.length === 0 ? {} : { ram };
}

/** Finds the vm_flags of a protection among those of vm_get_page_prot(). */
function flagsOfProt({ layout }: Architecture): (prot: bigint) => number | undefined {
  const flags = new Map<bigint, number>();
  for (const [i, prot] of layout.protectionMap.entries()) if (!flags.has(prot)) flags.set(prot, i);
  return (prot) => flags.get(prot);
}

/** What a recording is taken to be of when nothing in it says. */
const DEFAULT_ARCH = 'x86_64';

/** The largest pfn that an entry holds, and a machine can have. */
function mostPfn(arch: Architecture): number {
  const field = Math.max(...arch.layout.pfn.fields.map(({ count, from }) => count + from));
  const physical = (arch.layout.maxPhysmemBits ?? 64) - arch.page.shift;
  return 2 ** Math.min(field, physical, 52) - 1;
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

/** The zero page: the page that anonymous memory maps special. */
function zeroPage(marks: readonly SnapshotMark[]): number | undefined {
  for (const mark of marks) {
    for (const { snapshot } of mark.images) {
      const anon = new Set<number>();
      for (const page of snapshot.pages ?? []) {
        if (page.special && !page.pagemap_zero && page.pm.includes('present') && page.pfn !== undefined)
          anon.add(page.pfn);
      }
      const first = anon.values().next();
      if (first.done !== true) return first.value;
    }
  }
  return undefined;
}

/** A trace whose lines were parsed. */
export interface ParsedTrace extends Parsed<TraceRecord[]> {
  readonly format: TraceFormat;
}

/** One trace of strace, ftrace or perf, or two of the same run with the same clock, as a log. */
export function importParsed(sources: readonly ParsedTrace[], options: ImportOptions = {}): Imported {
  const strace: TraceRecord[] = [];
  const trace: TraceRecord[] = [];
  for (const { format, value } of sources) {
    const into = format === 'strace' ? strace : trace;
    for (const record of value) into.push(record);
  }
  const problems = sources.map((source) => source.problems);
  const records = strace.length > 0 && trace.length > 0 ? mergeRecords(strace, trace) : inOrder([...strace, ...trace]);
  nameMappings(records, []);
  const release = machineOf(records).find((record) => record.release !== undefined)?.release;
  const profile = options.profile ?? (release === undefined ? undefined : profileOf(release));
  const known = profile !== undefined && findProfile(profile) !== undefined;
  const named = known ? { ...options, profile } : options;
  return convert({ records, problems, marks: [], isBefore: () => true, traced: trace.length > 0 }, named);
}

/** `linux-6.18` for a release such as `6.18.44-fc`. */
function profileOf(release: string): string | undefined {
  const match = /^(\d+\.\d+)/.exec(release);
  return match === null ? undefined : `linux-${match[1]}`;
}

/** A whole recording, with a checkpoint for each of its snapshots. `trace` is empty where the strace log is taken alone. */
export function importRecorded(
  recording: Recording,
  [strace, trace]: readonly [strace: readonly TraceRecord[], trace: readonly TraceRecord[]],
  problems: readonly Problems[],
  options: ImportOptions = {},
): Imported {
  const merged = strace.length > 0 && trace.length > 0;
  const records = merged ? mergeRecords(strace, trace) : inOrder([...strace, ...trace]);
  const begun = new Map<number, number>();
  const moving = new Map<number, Set<number>>();
  let during: Set<number> | undefined;
  for (const record of trace) {
    const mark = record.type === 'mark' ? /SNAP_(BEGIN|END) (\d+)/.exec(record.text) : null;
    if (mark === null || record.time === undefined) {
      if (USES.has(record.type)) during?.add(record.pid);
      continue;
    }
    during = mark[1] === 'BEGIN' ? new Set() : undefined;
    if (during === undefined) continue;
    begun.set(Number(mark[2]), record.time);
    moving.set(Number(mark[2]), during);
  }
  const timeOfLine = new Map<number, number>();
  const straceRecords = new Set<TraceRecord>(strace);
  for (const record of strace) if (record.time !== undefined) timeOfLine.set(record.line, record.time);
  const lineOrder = (record: TraceRecord, mark: SnapshotMark): boolean =>
    record.line < mark.strace_line || (record.line === mark.strace_line && !mark.entry);
  const isBefore = (record: TraceRecord, mark: SnapshotMark): boolean => {
    if (!merged && straceRecords.has(record)) return lineOrder(record, mark);
    const time = begun.get(mark.n);
    if (time === undefined) return true;
    const at = record.type === 'syscall' ? (record.end ?? record.time) : record.time;
    return (at ?? 0) <= time;
  };
  nameMappings(records, recording.snapshots);
  const profile = options.profile ?? profileOf(recording.kernel);
  const named = profile === undefined ? options : { ...options, profile };
  const movingIn = (mark: SnapshotMark): ReadonlySet<number> => moving.get(mark.n) ?? new Set();
  return convert({ records, problems, marks: recording.snapshots, isBefore, movingIn }, named);
}
