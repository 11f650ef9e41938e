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
  if (first?.format === 'recording') return importRecording(await openRecording(first.path), options);
  return importSources(sources, request, options, KNOWN);
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
