// SPDX-License-Identifier: GPL-2.0-or-later
/** An open log: its lanes, each with its history. */
import { LogError, parseLog } from '@specialbit/events';
import { checkExpectedNames, LaneHistory, type LoadedLog, laneName, loadedLog } from '@specialbit/view';
import type { LaneInfo, Opened, Problem } from '../protocol.js';
import { CellMemory } from './cell-memory.js';
import { ARCHITECTURES, LANES } from './choices.js';
import { problemOf } from './problem.js';
import { Surveyor } from './survey.js';

/** The lanes of a log that names none, and for which nobody asks. */
const FALLBACK = ['x86_64', 'arm'];

/** Events that are played at once to leave worlds on the way. */
const WARMED = 1024;
/** Logs of fewer events are played from their start as quickly. */
const LONG = 4096;

export class Session {
  readonly survey: Surveyor;
  /** Of each lane the cells that were drawn last. */
  readonly memories: readonly CellMemory[];

  private constructor(
    readonly text: string,
    readonly log: LoadedLog,
    readonly lanes: readonly LaneHistory[],
    readonly problems: readonly Problem[],
    private readonly unread: number,
  ) {
    this.survey = new Surveyor(log, lanes);
    this.memories = lanes.map(() => new CellMemory());
  }

  /** Throws LogError, InputError, UsageError where there is nothing to be played. */
  /** `before`: the session of the text that this one was made of; what both begin with is not played again. */
  static open(file: string, text: string, wanted: readonly string[] | null, before: Session | null): Session {
    const read = parseLog(text, { file, badLines: 'collect' });
    const whole = loadedLog(file, read);
    const errors = [...read.diagnostics, ...whole.events.flatMap((numbered) => nameErrors(file, numbered))];
    const problems = errors.sort((a, b) => a.line - b.line).map((error) => problemOf(error, file));
    const bad = Math.min(...errors.filter(({ code }) => code !== 'log-truncated').map(({ line }) => line));
    // what stands behind a line that nobody can read may well depend on it
    const log = { ...whole, events: whole.events.filter(({ line }) => line < bad) };
    const options = LANES.lanesOf(file, log.header, wanted ?? undefined, FALLBACK);
    const same = before === null ? 0 : sameEvents(before, text, log);
    const lanes = options.map((lane, i) => {
      const history = before?.lanes[i];
      const known = same > 0 && history?.name === laneName(lane) ? { history, same } : undefined;
      return new LaneHistory(laneName(lane), lane, log.events, () => {}, known);
    });
    return new Session(text, log, lanes, problems, Number.isFinite(bad) ? linesFrom(text, bad) : 0);
  }

  private warmed = 0;
  /** The lane that is next. */
  private warming = 0;

  /** Plays one lane a little further, in its own timeline. */
  warm(): boolean {
    if (this.length < LONG || this.warmed >= this.length) return false;
    const n = Math.min(this.warmed + WARMED, this.length);
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

/** Events that both logs begin with, line by line; none where their headers are not the same. */
function sameEvents(before: Session, text: string, log: LoadedLog): number {
  const most = Math.min(before.text.length, text.length);
  let at = 0;
  while (at < most && before.text.charCodeAt(at) === text.charCodeAt(at)) at++;
  // the last whole line before that
  const end = text.lastIndexOf('\n', at - 1);
  let lines = 0;
  for (let i = text.indexOf('\n'); i >= 0 && i <= end; i = text.indexOf('\n', i + 1)) lines++;
  const known = log.events.filter(({ line }) => line <= lines).length;
  const first = log.events[0]?.line ?? 0;
  return lines < first ? 0 : Math.min(known, before.log.events.length);
}

/** What an expectation names and there is none of: it would be about no lane, in silence. */
function nameErrors(file: string, { event, line }: LoadedLog['events'][number]): LogError[] {
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
