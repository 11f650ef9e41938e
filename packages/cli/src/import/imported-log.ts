// SPDX-License-Identifier: GPL-2.0-or-later
/** Recordings of other tools in the place of a log: every command takes them. */
import { existsSync, statSync } from 'node:fs';
import type { LogEvent, LogHeader } from '@specialbit/events';
import {
  archOfPath,
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
  readLineBatches,
  readMaps,
  readPacked,
  readSmaps,
  readVmas,
  recogniseLines,
  type Snapshot,
  type TraceFormat,
} from '@specialbit/importers';
import { architectureNamed, architectures } from '../architectures.js';
import { InputError, UsageError } from '../failure.js';
import { asText } from './binary-trace.js';
import { importKernelLog } from './kernel-log.js';

export interface ImportRequest {
  /** Absent: recognised by the first lines of each file. */
  readonly format?: Format;
  readonly base?: string;
  readonly profile?: string;
  /** The architecture that was recorded, where it is not to be found out. */
  readonly arch?: string;
  /** The release that was recorded, as it was given. */
  readonly release?: string;
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
export async function importFiles(given: readonly string[], request: ImportRequest): Promise<Imported> {
  const paths: string[] = [];
  for (const path of given) paths.push(await asText(path));
  const formats: Format[] = [];
  for (const path of paths) formats.push(request.format ?? (await knownFormat(path)));
  const options: ImportOptions = {
    local: request.local ?? true,
    ...(request.profile === undefined ? {} : { profile: request.profile }),
    ...(request.config === undefined ? {} : { config: request.config }),
    ...(request.base === undefined ? {} : { base: await readState(request.base) }),
    ...(request.arch === undefined ? {} : { arch: architectureNamed(request.arch.split('@')[0]!) }),
    architecture: (name) => architectures.find((arch) => arch.name === name),
    title: `Recorded: ${given.map((path) => path.replace(/^.*\//, '')).join(', ')}`,
  };
  const [first] = formats;
  if (first === 'recording') return importRecording(await openRecording(paths[0]!), options);
  if (formats.every((format) => TRACES.has(format))) {
    return importTraces(
      paths.map((path, i) => ({ path, format: formats[i] as TraceFormat })),
      options,
    );
  }
  if (paths.length > 1) throw new UsageError('usage.files', 'several files must be traces of the same run');
  if (STATES.has(first!)) return importState(await readState(paths[0]!, first), options);
  if (first === 'kernel-log') {
    const { arch, release } = request;
    const given = { ...(arch === undefined ? {} : { arch }), ...(release === undefined ? {} : { kernel: release }) };
    return importKernelLog(paths[0]!, options, given);
  }
  throw new InputError(
    'input.recording',
    `${paths[0]}: a ${first} alone is no state; give it to \`verify --${first}\``,
  );
}

async function knownFormat(path: string): Promise<Format> {
  if (!existsSync(path)) throw new InputError('input.unreadable', `${path}: no such file`);
  const format = await detectFileFormat(path);
  if (format !== undefined) return format;
  throw new InputError(
    'input.recording',
    `${path}: expected a recording (${FORMATS.join(', ')}), found ${await foundIn(path)}`,
  );
}

/** What a file is instead, and what to do. */
async function foundIn(path: string): Promise<string> {
  const lines: string[] = [];
  for await (const batch of readLineBatches(path)) {
    for (const { text } of batch) lines.push(text);
    if (lines.length > 400) break;
  }
  const found = recogniseLines(lines);
  if (found !== undefined) return `${found.what}: ${found.advice}`;
  return lines.every((text) => text.trim() === '') ? 'nothing' : 'none of them';
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
      throw new InputError('input.recording', `${path}: expected a snapshot, found none`);
    }
    default:
      throw new InputError(
        'input.recording',
        `${path}: expected a state (maps, smaps, vmas, snapshots), found ${format}`,
      );
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
  arch: string,
  remarks: readonly string[],
): Imported {
  const { log } = converter;
  const header: LogHeader = {
    specialbit: 1,
    ...(options.title === undefined ? {} : { title: options.title }),
    arch: [arch],
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    files: log.files.specs(),
    machine: { default: log.frames.machine() },
    chosen: ['all frames', ...remarks],
  };
  const origins = events.map((_, i) => ({ line: lines[i] ?? 0, time: undefined, pid: 0, ret: null }));
  const none = { problems: [], left: new Map(), images: new Map(), checkpoints: [], followed: new Map() };
  return { header, events, origins, ...none, records: events.length };
}

/** What smaps shows and a log cannot hold. */
function remarksOf(snapshot: Snapshot): string[] {
  const letters = new Set((snapshot.smaps ?? []).flatMap(({ otherFlags }) => otherFlags));
  return letters.size === 0
    ? []
    : [`VmFlags ${[...letters].sort().join(', ')}: bits above 31 or of no meaning here, left out`];
}

/** A state becomes a log of one process that has it. */
function importState(snapshot: Snapshot, options: ImportOptions): Imported {
  const recorded = snapshot.maps.map(({ name }) => archOfPath(name)).find((name) => name !== undefined);
  const name = options.arch?.name ?? recorded ?? 'x86_64';
  const arch = options.arch ?? options.architecture?.(name);
  const unknown =
    options.arch === undefined && recorded === undefined
      ? [`the architecture: nothing in the file says it; ${name} (--arch says otherwise)`]
      : [];
  const page = arch?.page.size ?? 4096;
  const uneven = snapshot.maps.find(({ start, end }) => start % page !== 0 || end % page !== 0);
  if (uneven !== undefined)
    throw new InputError(
      'usage.architecture',
      `line ${uneven.line}: a mapping that is no number of pages of ${page} bytes, as ${name} has them: give --arch`,
    );
  const converter = new Converter(arch === undefined ? {} : { page, mostPfn: 2 ** 32 });
  const { files, frames } = converter.log;
  const events = placeSnapshot(snapshot, 0, files, frames, page);
  return plain(converter, events, [], options, name, [...unknown, ...remarksOf(snapshot)]);
}
