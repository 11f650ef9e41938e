// SPDX-License-Identifier: GPL-2.0-or-later
/** Files and pasted texts: logs, recordings of one run, or what is decoded. The same detection as in the command. */
import {
  type ImportRequest,
  importOptions,
  importSources,
  importSummary,
  type Known,
  noRecording,
  type RecordedSource,
  reportsIn,
  valuesIn,
} from '@specialbit/decode';
import { formatLog } from '@specialbit/events';
import { detectTextFormat, type Format, linesOf, Problems, parseTrace, readListing } from '@specialbit/importers';
import { UsageError } from '@specialbit/view';
import type { Given, Received } from '../protocol.js';
import { headOf, MOST, textOf } from './unpack.js';

/** The header of a log as the tools write it. */
const HEADER = /^\s*\{\s*"specialbit"\s*:/;
/** A log that people wrote: comments, and another member first. */
const JSON_LINES = /^(?:\s|#.*\n|\/\/.*\n)*\{/;

/** Events of a trace that are looked through for what it is opened at; a longer one is opened at its end, if that is near. */
const LOOKED_THROUGH = 5000;
const FAR = 200_000;

/** Formats that tell what happened; the others show a state. */
const TRACES: ReadonlySet<Format> = new Set(['strace', 'ftrace', 'perf']);

interface Text {
  readonly name: string;
  readonly text: string;
}

/** What files are, with the text as it is there: of a long log its bytes. */
export type Read = Omit<Received, 'text'> & { readonly text: string | Uint8Array };

/** Bytes of a file that is not made a text where it can be seen to be a log. */
const LONG = 4 * 2 ** 20;

/** A log that is not packed, and long: its bytes are what is read. */
async function longLog({ name, data }: Given): Promise<Read | undefined> {
  if (typeof data === 'string' || data.size < LONG || data.size > MOST) return undefined;
  if (!HEADER.test(new TextDecoder().decode(await headOf(data)))) return undefined;
  return { kind: 'log', name, text: new Uint8Array(await data.arrayBuffer()), told: [], at: null };
}

/** Throws InputError, UsageError for what nothing takes. */
export async function read(files: readonly Given[], play: boolean, known: Known): Promise<Read> {
  const long = files.length === 1 ? await longLog(files[0]!) : undefined;
  if (long !== undefined) return long;
  const texts: Text[] = [];
  for (const { name, data } of files)
    texts.push({ name, text: typeof data === 'string' ? data : await textOf(name, data) });
  const [first, ...more] = texts;
  if (first === undefined) throw new UsageError('usage.files', 'expected a file');
  if (more.length === 0) {
    if (HEADER.test(first.text)) return { kind: 'log', ...first, told: [], at: null };
    const format = detectTextFormat(head(first.text));
    if (!play && isDecoded(first.text, format)) return { kind: 'decode', ...first, told: [], at: null };
    if (format === undefined && JSON_LINES.test(first.text)) return { kind: 'log', ...first, told: [], at: null };
  }
  return imported(texts, known);
}

/** All lines, as text. */
const head = (text: string): string[] => linesOf(text).map(({ text: line }) => line);

/** Reports, entries that a tool listed, raw values. */
function isDecoded(text: string, format: Format | undefined): boolean {
  if (format !== undefined) return format === 'kernel-log';
  return (
    valuesIn(text) !== undefined ||
    reportsIn(text).reports.length > 0 ||
    readListing(linesOf(text), new Problems('input')) !== undefined
  );
}

async function imported(texts: readonly Text[], known: Known): Promise<Read> {
  const started = performance.now();
  const sources = texts.map(({ name, text }): RecordedSource => {
    const lines = linesOf(text);
    const plain = lines.map((line) => line.text);
    const format = detectTextFormat(plain);
    if (format === undefined) throw noRecording(name, plain.slice(0, 400));
    return { path: name, format, lines: async () => lines, records: async (as) => parseTrace(name, as, lines) };
  });
  const names = texts.map(({ name }) => name);
  const trace = sources.some(({ format }) => TRACES.has(format));
  const request: ImportRequest = {};
  const log = await importSources(sources, request, importOptions(names, request, known), known);
  const { length: events } = log.events;
  return {
    kind: 'log',
    name: `${names[0]!.replace(/\.(?:gz|zst|txt|log)$/g, '')}.jsonl`,
    text: `${[...formatLog(log.header, log.events)].map((line) => line.trimEnd()).join('\n')}\n`,
    told: importSummary(log, performance.now() - started),
    at: trace && (events <= LOOKED_THROUGH || events > FAR) ? null : events,
  };
}
