/** Which events changed one thing: a lane played from its start, with an eye on it. */
import { type Kernel, Session, type World } from '@specialbit/core';
import type { LogEvent } from '@specialbit/events';
import type { NumberedEvent } from '../log/open-log.js';
import { returnText } from '../show/outcome-text.js';
import type { LaneHistory } from './lane-history.js';
import type { Probe } from './subject.js';

/** Events after which the undo memory of a session is cut. */
const COMMIT_EVERY = 4096;

export interface Change {
  readonly numbered: NumberedEvent;
  readonly event: LogEvent;
  readonly returned: string;
  readonly before: string;
  readonly after: string;
}

/** The changes of `probe` among the first `n` events, oldest first; at most the last `keep` of them. */
export function changesOf(history: LaneHistory, probe: Probe, n: number, keep: number): Change[] {
  const changes: Change[] = [];
  const first: World = history.worldAt(0);
  const session = new Session(history.options, first);
  let value = probe.value(session.live);
  let text = probe.text(session.live);
  for (let i = 0; i < n; i++) {
    const numbered = history.events[i]!;
    const outcome = history.step(session, numbered);
    if (i % COMMIT_EVERY === COMMIT_EVERY - 1) session.commit();
    const k: Kernel = session.live;
    const now = probe.value(k);
    if (now === value) continue;
    const after = probe.text(k);
    const { event } = numbered;
    const returned = outcome instanceof Error ? outcome.message : returnText(k, event, outcome);
    changes.push({ numbered, event, returned, before: text, after });
    if (changes.length > keep) changes.shift();
    value = now;
    text = after;
  }
  return changes;
}
