// SPDX-License-Identifier: GPL-2.0-or-later
/** Which events changed one thing. */
import { Player, processOf, type World } from '@specialbit/core';
import { type Kernel, openWorld } from '@specialbit/core/kernel';
import type { NumberedEvent } from '../log/loaded-log.js';
import { returnText } from '../show/outcome-text.js';
import { type LaneHistory, tryStep } from './lane-history.js';
import type { Probe } from './subject.js';

/** Events that are looked through at once for what no index of the timeline knows. */
const BLOCK = 1024;
/** And without a pause. */
const BREATH = 128;

/** One event that changed what was asked about, with its value before and after in words. */
export interface Change {
  readonly numbered: NumberedEvent;
  readonly returned: string;
  readonly before: string;
  readonly after: string;
}

/** The changes of `probe` among the first `n` events, the last first; found as far as they are asked for. */
export function* changesOf(history: LaneHistory, probe: Probe, n: number): Generator<Change, void, void> {
  for (const change of changeSteps(history, probe, n)) if (change !== null) yield change;
}

/** The same in steps that are short: null is one that found nothing yet. */
export function* changeSteps(history: LaneHistory, probe: Probe, n: number): Generator<Change | null, void, void> {
  // a counter that ended at 0 does not tell when its process did
  const gone = probe.value(history.at(n).kernel) === null;
  const indexable = probe.targets !== undefined && !gone;
  for (const number of indexable ? indexed(history, probe, n) : scan(history, probe, n)) {
    if (number === null) {
      yield null;
      continue;
    }
    const moment = history.at(number);
    const { last, outcome, lost, kernel } = moment;
    const returned = outcome === null ? lost!.message : returnText(kernel, last!.event, outcome);
    const before = probe.text(history.at(number - 1).kernel);
    const after = probe.text(kernel);
    // one of several counters went up, and another one down
    if (before !== after) yield { numbered: last!, returned, before, after };
  }
}

/** The events that changed one of the targets, the last first. */
function* indexed({ timeline }: LaneHistory, { targets }: Probe, n: number): Generator<number | null, void, void> {
  const histories = targets!.map((target) => timeline.historySteps(target, n));
  yield* latestFirst(histories);
}

/** The events of several lists, each the last first, as one. */
export function* latestFirst(
  lists: readonly Generator<{ readonly index: number } | null, void, void>[],
): Generator<number | null, void, void> {
  const heads: number[] = [];
  for (const list of lists) heads.push(yield* nextOf(list));
  for (let index = Math.max(...heads); index >= 0; index = Math.max(...heads)) {
    yield index + 1;
    for (const [i, list] of lists.entries()) if (heads[i] === index) heads[i] = yield* nextOf(list);
  }
}

/** The next of a list, or -1. */
function* nextOf(list: Generator<{ readonly index: number } | null, void, void>): Generator<null, number, void> {
  for (;;) {
    const { value, done } = list.next();
    if (done === true) return -1;
    if (value !== null) return value.index;
    yield null;
  }
}

function* scan(history: LaneHistory, probe: Probe, n: number): Generator<number | null, void, void> {
  const { timeline, events } = history;
  for (let end = n; end > 0; ) {
    const start = Math.floor((end - 1) / BLOCK) * BLOCK;
    const world = timeline.at(start);
    if (sameVmas(world, timeline.at(end), probe.mm)) {
      end = start;
      yield null;
      continue;
    }
    const player = new Player(timeline.options, world);
    let before = probe.value(openWorld(timeline.options, world));
    const found: number[] = [];
    for (let i = start; i < end; i++) {
      tryStep(player, events.at(i)!.event);
      const k: Kernel = player.kernel;
      const after = probe.value(k);
      if (after !== before) found.push(i + 1);
      before = after;
      if ((i - start) % BREATH === BREATH - 1) yield null;
    }
    yield* found.reverse();
    end = start;
  }
}

/** The VMAs of a process share their records while nothing happens to them. */
function sameVmas(a: World, b: World, mm: number | undefined): boolean {
  if (mm === undefined || a.opened.has(mm) || b.opened.has(mm)) return false;
  return processOf(a, mm)?.vmas === processOf(b, mm)?.vmas;
}
