// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * A run in the Trace Event Format of Chrome and Perfetto: a process a lane, a thread an address space,
 * one microsecond of logical time an event.
 */
import { type ComparedStep, MM_COUNTER_NAMES } from '@specialbit/core';

import { isStatement, type LogEvent } from '@specialbit/events';

import {
  eventText,
  frameChangeText,
  type NumberedEvent,
  outcomeNotes,
  pteText,
  returnText,
  type Touched,
  verdictWord,
} from '@specialbit/view';
import type { LaneRun, LaneStep } from './lane-run.js';

type Args = Readonly<Record<string, string | number | readonly string[]>>;

/**
 * `M` names a process or thread, `X` is a whole slice, `B` and `E` begin and end one, `C` has counters,
 * `i` is an instant.
 */
export interface TraceEvent {
  readonly name: string;
  readonly cat: string;
  readonly ph: 'M' | 'X' | 'B' | 'E' | 'C' | 'i';
  /** Microseconds. */
  readonly ts: number;
  readonly dur?: number;
  readonly pid: number;
  readonly tid: number;
  /** Of an instant: thread or global. */
  readonly s?: 't' | 'g';
  readonly args?: Args;
}

/** The thread of what acts on no address space: files, frames, pins. */
const MACHINE_TID = 0;
/** Changes of a kind that are written down for one event. */
const SHOWN = 16;

/** The trace of one lane, event by event. */
export class LaneTrace {
  private readonly named = new Set<number>();
  private readonly rss = new Map<number, string>();
  /** Address spaces whose `->mmap` runs. */
  private readonly open = new Set<number>();

  constructor(
    private readonly lane: LaneRun,
    /** From 1. */
    private readonly pid: number,
  ) {}

  start(): TraceEvent[] {
    const meta = { cat: '__metadata', ph: 'M', ts: 0, pid: this.pid, tid: MACHINE_TID } as const;
    return [
      { name: 'process_name', ...meta, args: { name: this.lane.name } },
      { name: 'process_sort_index', ...meta, args: { sort_index: this.pid } },
    ];
  }

  /** Plays the event. */
  *step(numbered: NumberedEvent): Generator<TraceEvent, void, void> {
    const { number, event } = numbered;
    const { lane, pid } = this;
    const result = lane.step(event);
    const tid = tidOf(event);
    const ts = number - 1;
    yield* this.nameThread(tid);
    const failed = result.outcome === null || result.outcome.crash !== null;
    if (event.type === 'mmap.begin' && !failed && !this.open.has(event.mm) && lane.kernel.opened.has(event.mm)) {
      this.open.add(event.mm);
      yield { name: `->mmap${event.label === undefined ? '' : ` ${event.label}`}`, cat: 'mmap', ph: 'B', ts, pid, tid };
    }
    yield {
      name: event.type === 'access' ? event.op : event.type,
      cat: 'event',
      ph: 'X',
      ts,
      dur: 1,
      pid,
      tid,
      args: this.args(numbered, result),
    };
    for (const { name, text } of instants(result)) {
      yield { name, cat: 'message', ph: 'i', s: 't', ts: ts + 0.5, pid, tid, args: { text } };
    }
    yield* this.close(ts + 1);
    yield* this.counters(ts + 1);
  }

  /** Ends what is open. */
  *end(events: number): Generator<TraceEvent, void, void> {
    for (const mm of this.open) yield { name: '->mmap', cat: 'mmap', ph: 'E', ts: events, pid: this.pid, tid: mm + 1 };
    this.open.clear();
  }

  private *close(ts: number): Generator<TraceEvent, void, void> {
    for (const mm of this.open) {
      if (this.lane.kernel.opened.has(mm)) continue;
      this.open.delete(mm);
      yield { name: '->mmap', cat: 'mmap', ph: 'E', ts, pid: this.pid, tid: mm + 1 };
    }
  }

  private *nameThread(tid: number): Generator<TraceEvent, void, void> {
    if (this.named.has(tid)) return;
    this.named.add(tid);
    const meta = { cat: '__metadata', ph: 'M', ts: 0, pid: this.pid, tid } as const;
    yield { name: 'thread_name', ...meta, args: { name: tid === MACHINE_TID ? 'files and frames' : `mm ${tid - 1}` } };
    yield { name: 'thread_sort_index', ...meta, args: { sort_index: tid } };
  }

  private *counters(ts: number): Generator<TraceEvent, void, void> {
    const { mms } = this.lane.kernel;
    for (const mm of new Set([...mms.keys(), ...this.rss.keys()])) {
      const rss = mms.get(mm)?.rss ?? MM_COUNTER_NAMES.map(() => 0);
      const key = rss.join();
      if ((this.rss.get(mm) ?? '0,0,0,0') === key) continue;
      this.rss.set(mm, key);
      const args = Object.fromEntries(MM_COUNTER_NAMES.map((name, i) => [name, rss[i]!]));
      yield { name: `mm ${mm} rss`, cat: 'rss', ph: 'C', ts, pid: this.pid, tid: mm + 1, args };
    }
  }

  private args({ number, line, event }: NumberedEvent, { outcome, lost, touched }: LaneStep): Args {
    const { kernel } = this.lane;
    const said = { number, line, event: eventText(event) };
    if (outcome === null) return { ...said, 'left out': lost!.message };
    const notes = outcomeNotes(kernel, outcome);
    return {
      ...said,
      ...(isStatement(event) ? {} : { returned: returnText(kernel, event, outcome) }),
      ...(notes.length === 0 ? {} : { notes }),
      ...(touched === null ? {} : changes(touched)),
    };
  }
}

/** Where the lanes part: an instant over the tracks of every lane that parts. */
export function* partings({ index, event, divergences }: ComparedStep): Generator<TraceEvent, void, void> {
  for (const { headline, cause, minor, kind } of divergences) {
    if (minor) continue;
    const args = { kind, cause };
    yield {
      name: `lanes part: ${headline}`,
      cat: 'divergence',
      ph: 'i',
      s: 'g',
      ts: index + 0.5,
      pid: 1,
      tid: tidOf(event),
      args,
    };
  }
}

function tidOf(event: LogEvent): number {
  return 'mm' in event ? event.mm + 1 : MACHINE_TID;
}

function instants({ outcome, lost }: LaneStep): { readonly name: string; readonly text: string }[] {
  if (outcome === null) return [{ name: 'left out', text: lost!.message }];
  const { crash, signal, messages } = outcome;
  const said: { name: string; text: string }[] = messages.map(({ kind, text }) => ({ name: kind, text }));
  if (signal !== null) said.push({ name: signal, text: `si_code ${outcome.si_code}` });
  if (crash !== null) said.push({ name: crash.kind, text: `${crash.where}: ${crash.what}` });
  return said;
}

function changes({ ptes, frames, vmas }: Touched): Args {
  const lists = {
    vmas: vmas.map(({ mm, vma, what }) => `mm ${mm} ${vma}: ${what.join(', ')}`),
    ptes: ptes.map(({ mm, at, before, after }) => {
      const normal = after.verdict === null ? '' : ` ${verdictWord(after)}`;
      return `mm ${mm} ${at}: ${pteText(before)} -> ${pteText(after)}${normal}`;
    }),
    frames: frames.map((change) => `${change.frame}: ${frameChangeText(change)}`),
  };
  const shown = Object.entries(lists).filter(([, list]) => list.length > 0);
  return Object.fromEntries(
    shown.map(([name, list]) => [
      name,
      list.length <= SHOWN ? list : [...list.slice(0, SHOWN), `and ${list.length - SHOWN} more`],
    ]),
  );
}
