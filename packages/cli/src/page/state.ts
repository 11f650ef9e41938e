// SPDX-License-Identifier: GPL-2.0-or-later
/** A log, and what of it is to be seen, as a link holds it. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { formatLog } from '@specialbit/events';
import { LaneHistory, laneName, parseSubject, resolveSubject } from '@specialbit/view';
import { EMPTY, PLAIN, type ViewState } from '@specialbit/viewer';
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
    const [first] = lanes.map((lane) => new LaneHistory(laneName(lane), lane, log.events));
    const { kernel } = first!.at(options.at ?? log.events.length);
    resolveSubject(kernel, parseSubject(options.select));
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

/** The log as its author wrote it, with comments; in our own words where it was compressed, or a recording. */
async function textOf(file: string, { header, events }: Awaited<ReturnType<typeof loadLog>>): Promise<string> {
  const own = await readFile(file, 'utf8').catch(() => '');
  if (/^\s*(?:#.*\n|\/\/.*\n|\s)*\{/.test(own) && own.includes('"specialbit"')) return own;
  return [
    ...formatLog(
      header,
      events.map(({ event }) => event),
    ),
  ]
    .map((line) => (line.endsWith('\n') ? line : `${line}\n`))
    .join('');
}
