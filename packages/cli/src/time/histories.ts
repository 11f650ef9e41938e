// SPDX-License-Identifier: GPL-2.0-or-later
/** The lanes of a loaded log, each with its history. */
import { LaneHistory, type LoadedLog, laneName, referenceError } from '@specialbit/view';
import { lanesOf } from '../log/lane.js';

export interface HistoryOptions {
  readonly arch?: readonly string[] | undefined;
  /** A log whose only lane cannot carry out an event goes on without the event. */
  readonly lenient?: boolean;
}

/**
 * The lanes of the option, else the log's, else x86_64. With several lanes an event may name what one
 * of them does not have; with one it is an error of the log (InputError).
 */
export function historiesOf(log: LoadedLog, { arch, lenient = false }: HistoryOptions): LaneHistory[] {
  const lanes = lanesOf(log.file, log.header, arch, ['x86_64']);
  const strict = lanes.length === 1 && !lenient;
  return lanes.map(
    (lane) =>
      new LaneHistory(laneName(lane), lane, log.events, (numbered, error) => {
        if (strict) throw referenceError(log.file, numbered, error);
      }),
  );
}
