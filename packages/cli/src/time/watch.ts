/** Which events changed one thing. */
import { type Kernel, openWorld, Session } from '@specialbit/core';
import type { NumberedEvent } from '../log/open-log.js';
import { returnText } from '../show/outcome-text.js';
import { type LaneHistory, tryStep } from './lane-history.js';
import type { Probe } from './subject.js';

/** Events that are looked through at once for what no index of the timeline knows. */
const BLOCK = 1024;

export interface Change {
  readonly numbered: NumberedEvent;
  readonly returned: string;
  readonly before: string;
  readonly after: string;
}

/** The changes of `probe` among the first `n` events, the last first; found as far as they are asked for. */
export function* changesOf(history: LaneHistory, probe: Probe, n: number): Generator<Change, void, void> {
  for (const number of probe.target === undefined ? scan(history, probe, n) : indexed(history, probe, n)) {
    const moment = history.at(number);
    const { last, outcome, lost, kernel } = moment;
    const returned = outcome === null ? lost!.message : returnText(kernel, last!.event, outcome);
    const before = probe.text(history.at(number - 1).kernel);
    yield { numbered: last!, returned, before, after: probe.text(kernel) };
  }
}

function* indexed({ timeline }: LaneHistory, { target }: Probe, n: number): Generator<number, void, void> {
  for (const { index } of timeline.history(target!, n)) yield index + 1;
}

function* scan(history: LaneHistory, probe: Probe, n: number): Generator<number, void, void> {
  const { timeline, events } = history;
  for (let end = n; end > 0; ) {
    const start = Math.floor((end - 1) / BLOCK) * BLOCK;
    const world = timeline.at(start);
    const session = new Session(timeline.options, world);
    let before = probe.value(openWorld(timeline.options, world));
    const found: number[] = [];
    for (let i = start; i < end; i++) {
      tryStep(session, events[i]!.event);
      const k: Kernel = session.live;
      const after = probe.value(k);
      if (after !== before) found.push(i + 1);
      before = after;
    }
    yield* found.reverse();
    end = start;
  }
}
