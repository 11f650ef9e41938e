// SPDX-License-Identifier: GPL-2.0-or-later
/** Recordings of other tools in the place of a log: every command takes them. */
import { existsSync, statSync } from 'node:fs';
import {
  type ImportRequest as Asked,
  importOptions,
  importSources,
  noRecording,
  type RecordedSource,
  readState,
} from '@specialbit/decode';
import type { Format, Imported, ImportOptions } from '@specialbit/importers';
import {
  detectFileFormat,
  importRecording,
  openRecording,
  readLineBatches,
  readLines,
  readTrace,
} from '@specialbit/importers/node';
import { KNOWN } from '../architectures.js';
import { InputError } from '../failure.js';
import { asText } from './binary-trace.js';

export interface ImportRequest extends Asked {
  /** A file with what the first process has at the beginning. */
  readonly base?: string;
}

/** The format of a file or folder that is no log of our own; undefined for a log, or what is none of both. */
export async function recordingFormat(path: string): Promise<Format | undefined> {
  if (!existsSync(path)) return undefined;
  const found = statSync(path);
  return found.isFile() || found.isDirectory() ? detectFileFormat(path) : undefined;
}

/** Imports one recording, or several of the same run. Throws InputError, UsageError. */
export async function importFiles(given: readonly string[], request: ImportRequest): Promise<Imported> {
  const sources: RecordedSource[] = [];
  for (const name of given) {
    const path = await asText(name);
    const format = request.format ?? (await knownFormat(path));
    sources.push({ path, format, lines: () => readLines(path), records: (as) => readTrace(path, as) });
  }
  const { base } = request;
  const options: ImportOptions = {
    ...importOptions(given, request, KNOWN),
    ...(base === undefined ? {} : { base: readState(base, await knownFormat(base), await readLines(base)).snapshot }),
  };
  const [first] = sources;
  const imported =
    first?.format === 'recording'
      ? await importRecording(await openRecording(first.path), options)
      : await importSources(sources, request, options, KNOWN);
  for (const source of sources) refuseUnread(source, imported);
  return imported;
}

/** A file of which nothing was of any use is none of its format. Throws InputError. */
function refuseUnread({ path, format }: RecordedSource, { problems }: Imported): void {
  const of = problems.find(({ file }) => file === path);
  if (of === undefined || of.read > 0) return;
  const expected = `${path}: expected ${format}`;
  if (of.count > 0) {
    const [{ what, examples } = { what: 'nothing is known of them', examples: [] }] = of.kinds();
    const [example] = examples;
    const where = example === undefined ? '' : `line ${example.line}: `;
    throw new InputError(
      'input.recording',
      `${expected}, and of ${of.count + of.skipped} lines found none of it; ${where}${what}`,
    );
  }
  if (of.skipped === 0) throw new InputError('input.recording', `${expected}, found an empty file`);
}

/** What other commands say of lines that a recording was read in spite of: one line for each file. */
export function unreadLines({ problems }: Imported): InputError[] {
  return problems.flatMap(({ file, count, read, skipped }) => {
    if (count === 0) return [];
    const all = count + read + skipped;
    const what = `${count} of ${all} lines ${count === 1 ? 'is' : 'are'} not understood, and left out`;
    return [new InputError('input.recording', `${file}: ${what}: "specialbit import" shows them`)];
  });
}

async function knownFormat(path: string): Promise<Format> {
  if (!existsSync(path)) throw new InputError('input.unreadable', `${path}: no such file`);
  const format = await detectFileFormat(path);
  if (format !== undefined) return format;
  const lines: string[] = [];
  for await (const batch of readLineBatches(path)) {
    for (const { text } of batch) lines.push(text);
    if (lines.length > 400) break;
  }
  throw noRecording(path, lines);
}
