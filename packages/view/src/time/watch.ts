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

/** One event that changed what was asked about, with its value before and after in words. */
export interface Change {
  readonly numbered: NumberedEvent;
  readonly returned: string;
  readonly before: string;
  readonly after: string;
}

/** The changes of `probe` among the first `n` events, the last first; found as far as they are asked for. */
export function* changesOf(history: LaneHistory, probe: Probe, n: number): Generator<Change, void, void> {
  // a counter that ended at 0 does not tell when its process did
  const gone = probe.value(history.at(n).kernel) === null;
  const indexable = probe.targets !== undefined && !gone;
  for (const number of indexable ? indexed(history, probe, n) : scan(history, probe, n)) {
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
function* indexed({ timeline }: LaneHistory, { targets }: Probe, n: number): Generator<number, void, void> {
  const histories = targets!.map((target) => timeline.history(target, n));
  const heads = histories.map((history) => history.next().value?.index ?? -1);
  for (let index = Math.max(...heads); index >= 0; index = Math.max(...heads)) {
    yield index + 1;
    for (const [i, history] of histories.entries()) {
      if (heads[i] === index) heads[i] = history.next().value?.index ?? -1;
    }
  }
}

function* scan(history: LaneHistory, probe: Probe, n: number): Generator<number, void, void> {
  const { timeline, events } = history;
  for (let end = n; end > 0; ) {
    const start = Math.floor((end - 1) / BLOCK) * BLOCK;
    const world = timeline.at(start);
    if (sameVmas(world, timeline.at(end), probe.mm)) {
      end = start;
      continue;
    }
    const player = new Player(timeline.options, world);
    let before = probe.value(openWorld(timeline.options, world));
    const found: number[] = [];
    for (let i = start; i < end; i++) {
      tryStep(player, events[i]!.event);
      const k: Kernel = player.kernel;
      const after = probe.value(k);
      if (after !== before) found.push(i + 1);
      before = after;
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
