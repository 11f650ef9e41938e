// SPDX-License-Identifier: GPL-2.0-or-later
/** Recordings of one run, wherever they lie, as a log. */
import {
  FORMATS,
  type Format,
  type Imported,
  type ImportOptions,
  importParsed,
  type Line,
  type LocalFiles,
  type Parsed,
  type ParsedTrace,
  recogniseLines,
  type TraceFormat,
  type TraceRecord,
} from '@specialbit/importers';
import { InputError, UsageError } from '@specialbit/view';
import { importKernelLog } from './kernel-log.js';
import type { Known } from './known.js';
import { importPteDump } from './pte-dump.js';
import { importState, readState } from './state.js';

export interface ImportRequest {
  /** Absent: recognised by the first lines of each file. */
  readonly format?: Format;
  readonly profile?: string;
  /** The architecture that was recorded, where it is not to be found out. */
  readonly arch?: string;
  /** The release that was recorded, as it was given. */
  readonly release?: string;
  readonly config?: readonly string[];
  /** Programs and files of the machine that was recorded. */
  readonly local?: LocalFiles;
}

/** A file, read as far as its format wants it. `path`: for messages. */
export interface RecordedSource {
  readonly path: string;
  readonly format: Format;
  readonly lines: () => Promise<readonly Line[]>;
  readonly records: (format: TraceFormat) => Promise<Parsed<TraceRecord[]>>;
}

const TRACES = new Set<Format>(['strace', 'ftrace', 'perf']);
const STATES = new Set<Format>(['maps', 'smaps', 'vmas', 'snapshots']);

/** What every import is told. `names`: of the files, as they were given. */
export function importOptions(names: readonly string[], request: ImportRequest, known: Known): ImportOptions {
  const { profile, config, arch, local } = request;
  return {
    ...(local === undefined ? {} : { local }),
    ...(profile === undefined ? {} : { profile }),
    ...(config === undefined ? {} : { config }),
    ...(arch === undefined ? {} : { arch: known.architectureNamed(arch.split('@')[0]!) }),
    architecture: (name) => known.architectures.find((one) => one.name === name),
    title: `Recorded: ${names.map((path) => path.replace(/^.*\//, '')).join(', ')}`,
  };
}

/** Imports one recording, or several of the same run. Throws InputError, UsageError. */
export async function importSources(
  sources: readonly RecordedSource[],
  request: ImportRequest,
  options: ImportOptions,
  known: Known,
): Promise<Imported> {
  if (sources.every(({ format }) => TRACES.has(format))) {
    const parsed: ParsedTrace[] = [];
    for (const { format, records } of sources)
      parsed.push({ format: format as TraceFormat, ...(await records(format as TraceFormat)) });
    return importParsed(parsed, options);
  }
  if (sources.length > 1) throw new UsageError('usage.files', 'several files must be traces of the same run');
  const [{ path, format, lines }] = sources as [RecordedSource];
  if (STATES.has(format)) return importState(readState(path, format, await lines()), options);
  if (format === 'ptes') return importPteDump(path, await lines(), options);
  if (format === 'kernel-log') {
    const { arch, release } = request;
    const given = { ...(arch === undefined ? {} : { arch }), ...(release === undefined ? {} : { kernel: release }) };
    return importKernelLog(path, await lines(), options, given, known);
  }
  throw new InputError('input.recording', `${path}: a ${format} alone is no state; give it to \`verify --${format}\``);
}

/** A text that is no recording: what it is instead, and what to do. */
export function noRecording(path: string, lines: readonly string[]): InputError {
  return new InputError(
    'input.recording',
    `${path}: expected a recording (${FORMATS.join(', ')}), found ${foundIn(lines)}`,
  );
}

function foundIn(lines: readonly string[]): string {
  const found = recogniseLines(lines);
  if (found !== undefined) return `${found.what}: ${found.advice}`;
  return lines.every((text) => text.trim() === '') ? 'nothing' : 'none of them';
}
