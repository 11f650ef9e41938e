// SPDX-License-Identifier: GPL-2.0-or-later
/** The nearest event that touches a thing: that looks at it or writes it, whether it changes or not. */
import { type Footprint, footprint, LogReferenceError, Player } from '@specialbit/core';
import type { Kernel } from '@specialbit/core/kernel';
import { UsageError } from '../errors.js';
import { type LaneHistory, tryStep } from './lane-history.js';
import { type Probe, resolveSubject, type Subject } from './subject.js';

/** Events that a search backwards plays at once. */
const BLOCK = 256;

/** The nearest event behind (before) `n` that touches what `subject` names; undefined when there is none. Yields on the way. */
export function* searchTouching(
  history: LaneHistory,
  subject: Subject,
  n: number,
  direction: 'forward' | 'backward',
): Generator<unknown, number | undefined, void> {
  if (direction === 'forward') return yield* within(history, subject, n, history.length, true);
  for (let end = n - 1; end > 0; ) {
    const start = Math.floor((end - 1) / BLOCK) * BLOCK;
    const found = yield* within(history, subject, start, end, false);
    if (found !== undefined) return found;
    end = start;
  }
  return undefined;
}

/** The first, or the last, among the events in `(start, end]`. */
function* within(
  { timeline, events }: LaneHistory,
  subject: Subject,
  start: number,
  end: number,
  first: boolean,
): Generator<unknown, number | undefined, void> {
  const { options } = timeline;
  const player = new Player(options, timeline.at(start));
  let found: number | undefined;
  for (let i = start; i < end; i++) {
    const { event } = events.at(i)!;
    if (i % 16 === 0) yield;
    if (event.type === 'expect') {
      player.skip();
      continue;
    }
    const before = probeAt(player.kernel, subject);
    let print: Footprint | undefined;
    try {
      print = footprint(options, player.world(), event);
    } catch (error) {
      // what it names is not there: it does nothing
      if (!(error instanceof LogReferenceError)) throw error;
    }
    tryStep(player, event);
    const after = probeAt(player.kernel, subject);
    if (print === undefined || (!touches(print, before) && !touches(print, after) && !changed(before, after))) continue;
    found = i + 1;
    if (first) return found;
  }
  return found;
}

interface Reading {
  readonly probe: Probe;
  readonly value: unknown;
}

function probeAt(k: Kernel, subject: Subject): Reading | undefined {
  try {
    const probe = resolveSubject(k, subject);
    return { probe, value: probe.value(k) };
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}

const changed = (before: Reading | undefined, after: Reading | undefined): boolean => before?.value !== after?.value;

function touches({ reads, writes, adds }: Footprint, reading: Reading | undefined): boolean {
  return (reading?.probe.targets ?? []).some((target) => {
    if ('pte' in target) {
      const { mm, vpn } = target.pte;
      return [reads, writes].some((places) => places.pages(mm).all.some(({ start, end }) => vpn >= start && vpn < end));
    }
    if ('frame' in target) return reads.frames.has(target.frame) || writes.frames.has(target.frame);
    const name = `rss ${target.counter.mm}/${target.counter.counter}`;
    return adds.has(name) || reads.things.has(name) || writes.things.has(name);
  });
}
