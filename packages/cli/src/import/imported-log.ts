// SPDX-License-Identifier: GPL-2.0-or-later
/** Recordings of other tools in the place of a log: every command takes them. */
import { existsSync, statSync } from 'node:fs';
import type { LogEvent, LogHeader } from '@specialbit/events';
import {
  Converter,
  detectFileFormat,
  FORMATS,
  type Format,
  type Imported,
  type ImportOptions,
  importRecording,
  importTraces,
  openRecording,
  Problems,
  placeSnapshot,
  readBadPageMaps,
  readMaps,
  readPacked,
  readSmaps,
  readVmas,
  type Snapshot,
  type TraceFormat,
} from '@specialbit/importers';
import { InputError, UsageError } from '../failure.js';

export interface ImportRequest {
  /** Absent: recognised by the first lines of each file. */
  readonly format?: Format;
  readonly base?: string;
  readonly profile?: string;
  readonly config?: readonly string[];
  /** Look at this machine's programs and files. */
  readonly local?: boolean;
}

const TRACES = new Set<Format>(['strace', 'ftrace', 'perf']);
const STATES = new Set<Format>(['maps', 'smaps', 'vmas', 'snapshots']);

/** The format of a file or folder that is no log of our own; undefined for a log, or what is none of both. */
export async function recordingFormat(path: string): Promise<Format | undefined> {
  if (!existsSync(path)) return undefined;
  const found = statSync(path);
  return found.isFile() || found.isDirectory() ? detectFileFormat(path) : undefined;
}

/** Imports one recording, or several of the same run. Throws InputError, UsageError. */
export async function importFiles(paths: readonly string[], request: ImportRequest): Promise<Imported> {
  const formats: Format[] = [];
  for (const path of paths) formats.push(request.format ?? (await knownFormat(path)));
  const options: ImportOptions = {
    local: request.local ?? true,
    ...(request.profile === undefined ? {} : { profile: request.profile }),
    ...(request.config === undefined ? {} : { config: request.config }),
    ...(request.base === undefined ? {} : { base: await readState(request.base) }),
    title: `Recorded: ${paths.map((path) => path.replace(/^.*\//, '')).join(', ')}`,
  };
  const [first] = formats;
  if (first === 'recording') return importRecording(await openRecording(paths[0]!), options);
  if (formats.every((format) => TRACES.has(format))) {
    return importTraces(
      paths.map((path, i) => ({ path, format: formats[i] as TraceFormat })),
      options,
    );
  }
  if (paths.length > 1) throw new UsageError('several files must be traces of the same run');
  if (STATES.has(first!)) return importState(await readState(paths[0]!, first), options);
  if (first === 'kernel-log') return importBadPageMaps(paths[0]!, options);
  throw new InputError(`${paths[0]}: a ${first} alone is no state; give it to \`verify --${first}\``);
}

async function knownFormat(path: string): Promise<Format> {
  if (!existsSync(path)) throw new InputError(`${path}: no such file`);
  const format = await detectFileFormat(path);
  if (format !== undefined) return format;
  throw new InputError(`${path}: expected a recording (${FORMATS.join(', ')}), found none of them`);
}

/** A snapshot of a process, from whichever file has one. */
export async function readState(path: string, given?: Format): Promise<Snapshot> {
  const format = given ?? (await knownFormat(path));
  switch (format) {
    case 'maps':
      return { maps: (await readMaps(path)).value };
    case 'smaps': {
      const smaps = (await readSmaps(path)).value;
      return { maps: smaps, smaps };
    }
    case 'vmas': {
      const { mm, vmas } = (await readVmas(path)).value;
      const maps = vmas.map((vma, i) => ({
        line: i + 1,
        start: vma.start,
        end: vma.end,
        perms: permsOf(vma.vm_flags),
        offset: vma.file === '' ? 0 : vma.pgoff * 4096,
        dev: '00:00',
        inode: 0,
        name: vma.file === '' ? '' : `/file-${vma.file}`,
      }));
      return { maps, vmas, ...(mm === undefined ? {} : { mm }) };
    }
    case 'snapshots': {
      for await (const packed of readPacked(path, new Problems(path))) return packed.snapshot;
      throw new InputError(`${path}: expected a snapshot, found none`);
    }
    default:
      throw new InputError(`${path}: expected a state (maps, smaps, vmas, snapshots), found ${format}`);
  }
}

function permsOf(flags: number): string {
  const letter = (bit: number, name: string): string => ((flags & bit) !== 0 ? name : '-');
  return `${letter(1, 'r')}${letter(2, 'w')}${letter(4, 'x')}${(flags & 0x80) !== 0 ? 's' : 'p'}`;
}

function plain(
  converter: Converter,
  events: readonly LogEvent[],
  lines: readonly number[],
  options: ImportOptions,
): Imported {
  const { log } = converter;
  const header: LogHeader = {
    specialbit: 1,
    ...(options.title === undefined ? {} : { title: options.title }),
    arch: ['x86_64'],
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    files: log.files.specs(),
    machine: { default: log.frames.machine() },
    chosen: ['all frames'],
  };
  const origins = events.map((_, i) => ({ line: lines[i] ?? 0, time: undefined, pid: 0, ret: null }));
  const none = { problems: [], left: new Map(), images: new Map(), checkpoints: [] };
  return { header, events, origins, ...none, records: events.length };
}

/** A state becomes a log of one process that has it. */
function importState(snapshot: Snapshot, options: ImportOptions): Imported {
  const converter = new Converter();
  const events = placeSnapshot(snapshot, 0, converter.log.files, converter.log.frames);
  return plain(converter, events, [], options);
}

/** The VMAs and entries of `BUG: Bad page map` reports, each process with a page of its own. */
async function importBadPageMaps(path: string, options: ImportOptions): Promise<Imported> {
  const { value: reports } = await readBadPageMaps(path);
  const converter = new Converter();
  const events: LogEvent[] = [];
  const lines: number[] = [];
  for (const [mm, report] of reports.entries()) {
    if (report.addr === undefined) continue;
    const at = { addr: Math.floor(report.addr / 4096) * 4096 };
    const push = (event: LogEvent): void => {
      events.push(event);
      lines.push(report.line);
    };
    push({ type: 'execve', mm, start_brk: 0, start_stack: 0, comm: report.comm });
    const file = report.mapping === true || report.file !== undefined;
    const name = report.file ?? 'mapped file';
    if (file) converter.log.reach(converter.log.files.make(name, 'device'), (report.index ?? 0) + 1);
    push({
      type: 'map_vma',
      mm,
      at,
      pages: 1,
      vm_flags: report.vm_flags ?? 0,
      pgoff: report.index ?? 0,
      ...(file ? { file: [...converter.log.files.all.keys()].at(-1)! } : {}),
      ...(report.anon_vma === true ? { anon_vma: mm + 1 } : {}),
    });
    const pfn =
      report.page !== undefined && report.page.pfn >= 0
        ? report.page.pfn
        : Number((BigInt(`0x${report.pte}`) & 0xffffffffff000n) >> 12n);
    const write = (BigInt(`0x${report.pte}`) & 2n) !== 0n;
    const special = (BigInt(`0x${report.pte}`) & 0x200n) !== 0n;
    push({ type: 'set_pte', mm, at, frame: { pfn }, pages: 1, special, write });
    push({ type: 'munmap', mm, at, pages: 1 });
  }
  if (events.length === 0)
    throw new InputError(`${path}: expected a report "BUG: Bad page map", found none with an address`);
  return plain(converter, events, lines, options);
}
