// SPDX-License-Identifier: GPL-2.0-or-later
/** Recordings of other tools in the place of a log: every command takes them. */
import { existsSync, statSync } from 'node:fs';
import {
  detectFileFormat,
  FORMATS,
  type Format,
  type Imported,
  type ImportOptions,
  importRecording,
  importTraces,
  openRecording,
  readLineBatches,
  recogniseLines,
  type TraceFormat,
} from '@specialbit/importers';
import { architectureNamed, architectures } from '../architectures.js';
import { InputError, UsageError } from '../failure.js';
import { asText } from './binary-trace.js';
import { importKernelLog } from './kernel-log.js';
import { importState, readState } from './state.js';

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
    local: request.local ?? false,
    ...(request.profile === undefined ? {} : { profile: request.profile }),
    ...(request.config === undefined ? {} : { config: request.config }),
    ...(request.base === undefined
      ? {}
      : { base: (await readState(request.base, await knownFormat(request.base))).snapshot }),
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
  if (STATES.has(first!)) return importState(await readState(paths[0]!, first!), options);
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
