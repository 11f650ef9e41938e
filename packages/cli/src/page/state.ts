// SPDX-License-Identifier: GPL-2.0-or-later
/** A log, and what of it is to be seen, as a link holds it. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { decodeText, type Level, valuesIn } from '@specialbit/decode';
import { formatLog, LogError } from '@specialbit/events';
import { LaneHistory, laneName, parseSubject, resolveSubject, UsageError } from '@specialbit/view';
import { EMPTY, PLAIN, type ViewState } from '@specialbit/viewer';
import { KNOWN } from '../architectures.js';
import { inputsOf } from '../decode/input.js';
import { lanesOf } from '../log/lane.js';
import type { Terminal } from '../terminal.js';
import { loadLog, momentOf } from '../time/loaded-log.js';

export interface SeenOptions {
  readonly arch?: string[];
  readonly at?: number;
  readonly select?: string;
  readonly differs?: boolean;
}

/** Throws LogError, UsageError for a lane, a moment or a page that there is not. */
export async function seenState(file: string, options: SeenOptions, terminal: Terminal): Promise<ViewState> {
  const log = await loadLog(file, terminal);
  if (options.at !== undefined) momentOf(log, '--at', options.at);
  const lanes = lanesOf(log.file, log.header, options.arch, ['x86_64', 'arm']);
  if (options.select !== undefined) {
    const histories = lanes.map((lane) => new LaneHistory(laneName(lane), lane, log.events));
    checkSubject(histories, options.select, options.at ?? log.events.length);
  }
  return {
    ...EMPTY,
    file: file === '-' ? '' : basename(log.file),
    log: await textOf(log.file, log),
    // as they were given: `arm@all` is many
    lanes: options.arch === undefined ? null : lanes.map(laneName),
    at: options.at ?? null,
    select: options.select ?? null,
    switches: { ...PLAIN, differs: options.differs === true },
  };
}

/**
 * As `seenState`; of a log that has errors the text as it is, to be mended in the page's editor, and the first of its
 * errors. Throws LogError for what is no log at all.
 */
export async function seenToMend(
  file: string,
  options: SeenOptions,
  terminal: Terminal,
): Promise<{ readonly state: ViewState; readonly error: LogError | null }> {
  try {
    return { state: await seenState(file, options, terminal), error: null };
  } catch (error) {
    const own = file === '-' ? undefined : await ownText(file);
    if (!(error instanceof LogError) || own === undefined) throw error;
    const { arch: lanes = null, at = null, select = null, differs = false } = options;
    const switches = { ...PLAIN, differs, edit: true };
    return { state: { ...EMPTY, file: basename(file), log: own, lanes, at, select, switches }, error };
  }
}

/** Some lane has it. */
function checkSubject(lanes: readonly LaneHistory[], text: string, at: number): void {
  const subject = parseSubject(text);
  let failure: UsageError | undefined;
  for (const lane of lanes) {
    try {
      resolveSubject(lane.at(at).kernel, subject);
      return;
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      failure ??= error;
    }
  }
  if (failure !== undefined) throw failure;
}

/** What its author wrote, where that is text and a log; undefined for what is compressed, or a recording. */
async function ownText(file: string): Promise<string | undefined> {
  const own = await readFile(file, 'utf8').catch(() => '');
  return /^\s*(?:#.*\n|\/\/.*\n|\s)*\{/.test(own) && own.includes('"specialbit"') ? own : undefined;
}

/** The log as its author wrote it, with comments; in our own words where it was compressed, or a recording. */
async function textOf(file: string, { header, events }: Awaited<ReturnType<typeof loadLog>>): Promise<string> {
  const own = await ownText(file);
  if (own !== undefined) return own;
  return [
    ...formatLog(
      header,
      events.map(({ event }) => event),
    ),
  ]
    .map((line) => (line.endsWith('\n') ? line : `${line}\n`))
    .join('');
}

/** What is decoded instead of a log: a value, the text of a report, or a file with one. Throws UsageError. */
export async function decodedState(
  what: string,
  { arch, level }: { readonly arch?: string[]; readonly level?: Level },
): Promise<ViewState> {
  const [input] = await inputsOf([what]);
  const { text } = input!;
  const values = valuesIn(text) !== undefined;
  if (!values || arch !== undefined) {
    const options = {
      ...(arch === undefined ? {} : { arch: arch.join(',') }),
      ...(level === undefined ? {} : { level }),
    };
    // what cannot be decoded is told here, and not in the page
    decodeText(input!, options, KNOWN);
  }
  return {
    ...EMPTY,
    decode: values ? valuesIn(text)!.join(',') : text,
    lanes: arch?.flatMap((names) => names.split(',')) ?? null,
    level: level === undefined || level === 'pte' ? null : level,
  };
}
