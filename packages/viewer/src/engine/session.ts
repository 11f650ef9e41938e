// SPDX-License-Identifier: GPL-2.0-or-later
/** An open log: its lanes, each with its history. */
import { parseLog } from '@specialbit/events';
import { LaneHistory, type LoadedLog, laneName, loadedLog } from '@specialbit/view';
import type { LaneInfo, Opened, Problem } from '../protocol.js';
import { LANES } from './choices.js';
import { problemOf } from './problem.js';
import { Surveyor } from './survey.js';

/** The lanes of a log that names none, and for which nobody asks. */
const FALLBACK = ['x86_64', 'arm'];

export class Session {
  readonly survey: Surveyor;

  private constructor(
    readonly log: LoadedLog,
    readonly lanes: readonly LaneHistory[],
    readonly problems: readonly Problem[],
  ) {
    this.survey = new Surveyor(log, lanes);
  }

  /** Throws LogError, InputError, UsageError where there is nothing to be played. */
  static open(file: string, text: string, wanted: readonly string[] | null): Session {
    const read = parseLog(text, { file, badLines: 'collect' });
    const whole = loadedLog(file, read);
    const problems = read.diagnostics.map(problemOf);
    const bad = Math.min(...read.diagnostics.filter(({ code }) => code !== 'log-truncated').map(({ line }) => line));
    // what stands behind a line that nobody can read may well depend on it
    const log = { ...whole, events: whole.events.filter(({ line }) => line < bad) };
    const options = LANES.lanesOf(file, log.header, wanted ?? undefined, FALLBACK);
    const lanes = options.map((lane) => new LaneHistory(laneName(lane), lane, log.events));
    return new Session(log, lanes, problems);
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
      events: this.length,
      problems: this.problems,
    };
  }
}

function laneInfo({ name, timeline }: LaneHistory): LaneInfo {
  const { arch, profile } = timeline.options;
  return { name, title: arch.title, kernel: profile.name, special: arch.special.pte };
}
