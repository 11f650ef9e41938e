// SPDX-License-Identifier: GPL-2.0-or-later
/** Whole files through the parsers. */
import type { Line } from '../lines.js';
import { type Parsed, type TraceFormat, traceParser } from '../parse.js';
import { Problems } from '../problems.js';
import { parseMaps } from '../proc/maps.js';
import type { MapsEntry } from '../proc/maps-entry.js';
import { parseSmaps, type SmapsEntry } from '../proc/smaps.js';
import {
  type MmFields,
  type PackedSnapshot,
  type PageEntry,
  parsePacked,
  parsePagemap,
  parseVmas,
  type VmaFields,
} from '../proc/snapshot.js';
import type { TraceRecord } from '../records.js';
import { readLineBatches } from './lines.js';

/** The records of a trace, as they come off the file. */
export async function* traceRecords(
  path: string,
  format: TraceFormat,
  problems: Problems,
): AsyncGenerator<TraceRecord[]> {
  const parser = traceParser(format, problems);
  for await (const batch of readLineBatches(path)) {
    const records: TraceRecord[] = [];
    const emit = (record: TraceRecord): void => void records.push(record);
    for (const { text, line } of batch) parser.parse(text, line, emit);
    yield records;
  }
  const last: TraceRecord[] = [];
  parser.end((record) => last.push(record));
  yield last;
}

export async function readTrace(path: string, format: TraceFormat): Promise<Parsed<TraceRecord[]>> {
  const problems = new Problems(path);
  const value: TraceRecord[] = [];
  for await (const records of traceRecords(path, format, problems)) for (const record of records) value.push(record);
  return { value, problems };
}

/** All lines of a file. */
export async function readLines(path: string): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const batch of readLineBatches(path)) for (const line of batch) lines.push(line);
  return lines;
}

async function whole<T>(path: string, parse: (lines: Line[], problems: Problems) => T): Promise<Parsed<T>> {
  const problems = new Problems(path);
  return { value: parse(await readLines(path), problems), problems };
}

export const readMaps = (path: string): Promise<Parsed<MapsEntry[]>> => whole(path, parseMaps);
export const readSmaps = (path: string): Promise<Parsed<SmapsEntry[]>> => whole(path, parseSmaps);
export const readVmas = (path: string): Promise<Parsed<{ mm?: MmFields; vmas: VmaFields[] }>> => whole(path, parseVmas);
export const readPagemap = (path: string): Promise<Parsed<PageEntry[]>> => whole(path, parsePagemap);

/** The process images of a packed file of snapshots, one after the other. */
export async function* readPacked(path: string, problems: Problems): AsyncGenerator<PackedSnapshot> {
  for await (const batch of readLineBatches(path)) {
    for (const { text, line } of batch) {
      const packed = text === '' ? undefined : parsePacked(text, line, problems);
      if (packed !== undefined) yield packed;
    }
  }
}
