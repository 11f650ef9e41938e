// SPDX-License-Identifier: GPL-2.0-or-later
/** An open log: its lanes, each with its history. */
import type { TimelineSettings } from '@specialbit/core';
import { LogError, type LogEvent } from '@specialbit/events';
import { checkExpectedNames, LaneHistory, type LoadedLog, laneName, type NumberedEvents } from '@specialbit/view';
import { type Problem, problemOf } from '@specialbit/view/writing';
import type { LaneInfo, Opened } from '../protocol.js';
import { CellMemory } from './cell-memory.js';
import { ARCHITECTURES, LANES } from './choices.js';
import { eventsBefore, eventsOf } from './events-of.js';
import { LogText, textOf } from './log-text.js';
import { Surveyor } from './survey.js';

/** The lanes of a log that names none, and for which nobody asks. */
const FALLBACK = ['x86_64', 'arm'];

/** Logs of fewer events are played from their start as quickly. */
const LONG = 4096;

/**
 * Worlds of all lanes together that are kept all over a log, events between two of them at least and at most, and worlds
 * that are kept near the one that is looked at. With a million events in one lane a seek plays 2,605 at most.
 */
const WORLDS = 384;
const LEAST_APART = 1024;
const MOST_APART = 8192;
const EXTRA_WORLDS = 48;

/** A session, and the bytes of its text. */
export interface Before {
  readonly session: Session;
  readonly bytes: Uint8Array;
}

export class Session {
  readonly survey: Surveyor;
  /** Of each lane the cells that were drawn last. */
  readonly memories: readonly CellMemory[];

  private constructor(
    readonly text: LogText,
    readonly log: LoadedLog<NumberedEvents>,
    readonly lanes: readonly LaneHistory[],
    readonly problems: readonly Problem[],
    private readonly unread: number,
  ) {
    this.survey = new Surveyor(log, lanes);
    this.memories = lanes.map(() => new CellMemory());
  }

  /**
   * Throws LogError, InputError, UsageError where there is nothing to be played. `bytes`: of the log's text. `before`: the
   * session of the text that this one was made of; what both begin with is not played again.
   */
  static open(file: string, bytes: Uint8Array, wanted: readonly string[] | null, before: Before | null): Session {
    const { header, events, errors } = eventsOf(file, bytes, (event, line) => nameErrors(file, event, line));
    const problems = [...errors].sort((a, b) => a.line - b.line).map((error) => problemOf(error, file));
    const bad = Math.min(...errors.filter(({ code }) => code !== 'log-truncated').map(({ line }) => line));
    // what stands behind a line that nobody can read may well depend on it
    const log = { file, header, events: eventsBefore(events, bad) };
    const options = LANES.lanesOf(file, header, wanted ?? undefined, FALLBACK);
    const same = before === null ? 0 : sameEvents(before, bytes, log);
    const keeping = keptOf(log.events.length, options.length);
    const lanes = options.map((lane, i) => {
      const history = before?.session.lanes[i];
      const known = same > 0 && history?.name === laneName(lane) ? { history, same } : undefined;
      return new LaneHistory(laneName(lane), lane, log.events, () => {}, known, keeping);
    });
    const unread = Number.isFinite(bad) ? linesFrom(textOf(bytes), bad) : 0;
    return new Session(new LogText(bytes), log, lanes, problems, unread);
  }

  private warmed = 0;
  /** The lane that is next. */
  private warming = 0;

  /** Plays one lane a little further, in its own timeline. */
  warm(): boolean {
    if (this.length < LONG || this.warmed >= this.length) return false;
    const n = Math.min(this.warmed + this.lanes[0]!.timeline.every, this.length);
    this.lanes[this.warming]!.timeline.at(n);
    this.warming++;
    if (this.warming < this.lanes.length) return true;
    this.warming = 0;
    this.warmed = n;
    return true;
  }

  get length(): number {
    return this.log.events.length;
  }

  opened(): Opened {
    const { header } = this.log;
    return {
      title: header.title ?? null,
      description: header.description ?? [],
      lanes: this.lanes.map(laneInfo),
      ownLanes: header.arch ?? FALLBACK,
      namesLanes: header.arch !== undefined,
      events: this.length,
      problems: this.problems,
      unread: this.unread,
    };
  }
}

/** How many worlds are kept: all lanes together have room for some hundreds, and those of a page one came to are near. */
function keptOf(events: number, lanes: number): TimelineSettings {
  const every = Math.min(MOST_APART, Math.max(LEAST_APART, Math.ceil((events * lanes) / WORLDS)));
  return { every, extra: Math.max(16, Math.floor(EXTRA_WORLDS / lanes)) };
}

const NEWLINE = 10;

/** Events that both logs begin with, line by line; none where their headers are not the same. */
function sameEvents(before: Before, bytes: Uint8Array, log: Session['log']): number {
  const most = Math.min(before.bytes.length, bytes.length);
  let at = 0;
  while (at < most && before.bytes[at] === bytes[at]) at++;
  // the last whole line before that
  const end = at === 0 ? -1 : bytes.lastIndexOf(NEWLINE, at - 1);
  let lines = 0;
  for (let i = bytes.indexOf(NEWLINE); i >= 0 && i <= end; i = bytes.indexOf(NEWLINE, i + 1)) lines++;
  const known = eventsBefore(log.events, lines + 1).length;
  const first = log.events.at(0)?.line ?? 0;
  return lines < first ? 0 : Math.min(known, before.session.log.events.length);
}

/** What an expectation names and there is none of: it would be about no lane, in silence. */
function nameErrors(file: string, event: LogEvent, line: number): LogError[] {
  if (event.type !== 'expect') return [];
  try {
    checkExpectedNames(event, { file, line }, ARCHITECTURES);
    return [];
  } catch (error) {
    if (error instanceof LogError) return [error];
    throw error;
  }
}

/** Lines with something in them, from line `first` on. */
function linesFrom(text: string, first: number): number {
  return text
    .split('\n')
    .slice(first - 1)
    .filter((line) => /^\s*[^\s#/]/.test(line)).length;
}

function laneInfo({ name, timeline }: LaneHistory): LaneInfo {
  const { arch, profile } = timeline.options;
  return { name, title: arch.title, kernel: profile.name, special: arch.special.pte };
}
