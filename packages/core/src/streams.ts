// SPDX-License-Identifier: GPL-2.0-or-later
/** A log as a stream of events becomes a stream of steps; nothing is held but the step that is looked at. */
import type { LogError, LogEvent, LogHeader, LogItem } from '@specialbit/events';
import { defer, from, map, mergeMap, type Observable, type ObservableInput, of } from 'rxjs';
import { type ComparedStep, Comparison, type ComparisonOptions } from './compare/comparison.js';
import type { NamedLane } from './compare/lane.js';
import { TouchLog } from './compare/touch-log.js';
import { LogReferenceError } from './kernel/base/errors.js';
import type { Kernel, KernelOptions } from './kernel/base/kernel.js';
import type { Outcome } from './kernel/base/outcome.js';
import { Session } from './reduce.js';
import { EventError } from './timeline/event-error.js';
import { K } from './timeline/snapshots.js';
import { createWorld, kernelOptions, type LaneOptions } from './world/create.js';
import type { World } from './world/world.js';

export interface ReplayOptions {
  /** Called for what the reader left out (a truncated end, a bad line). */
  readonly onDiagnostic?: (diagnostic: LogError) => void;
  /** Record what each event touched (`ReplayStep.touched`). */
  readonly touched?: boolean;
}

/** One event of a replay. */
export interface ReplayStep {
  /** From 0. */
  readonly index: number;
  readonly event: LogEvent;
  /** Line of the log. */
  readonly line: number;
  readonly outcome: Outcome;
  /** What the event wrote to, when that was asked for; empty when it crashed the kernel. */
  readonly touched: TouchLog | undefined;
  /** The running kernel, to be looked at before the next step and not kept. */
  readonly kernel: Kernel;
  /** The world after this event. Cheap while the step is the latest; later it is replayed from the last commit. */
  world(): World;
}

/** What steps share: the world at the last commit, and the events since. */
interface Stretch {
  readonly base: World;
  readonly events: LogEvent[];
}

/** Lane options may depend on the log's header. */
type OfHeader<T> = T | ((header: LogHeader) => T);

function ofHeader<T>(value: OfHeader<T>, header: LogHeader): T {
  return typeof value === 'function' ? (value as (header: LogHeader) => T)(header) : value;
}

class Replay {
  private session: Session | undefined;
  private options: KernelOptions | undefined;
  private stretch: Stretch | undefined;
  private index = 0;
  private recorded: Kernel | undefined;

  constructor(
    private readonly lane: OfHeader<LaneOptions>,
    private readonly settings: ReplayOptions,
  ) {}

  /** The step that an item makes; undefined for a header or a diagnostic. */
  take(item: LogItem): ReplayStep | undefined {
    if (item.kind === 'diagnostic') {
      this.settings.onDiagnostic?.(item.diagnostic);
      return undefined;
    }
    if (item.kind === 'header') {
      this.begin(item.header);
      return undefined;
    }
    if (this.session === undefined) this.begin({ specialbit: 1 });
    return this.step(this.session!, item.event, item.line);
  }

  private begin(header: LogHeader): void {
    const lane = ofHeader(this.lane, header);
    this.options = kernelOptions(lane);
    const world = createWorld(lane);
    this.session = new Session(this.options, world);
    this.stretch = { base: world, events: [] };
  }

  private step(session: Session, event: LogEvent, line: number): ReplayStep {
    const index = this.index++;
    if (this.stretch!.events.length >= K) this.stretch = { base: session.commit().world, events: [] };
    const touched = this.settings.touched === true ? new TouchLog() : undefined;
    if (touched !== undefined) {
      this.recorded = session.live;
      session.live.record(touched);
    }
    let outcome: Outcome;
    try {
      outcome = session.step(event);
    } catch (error) {
      throw error instanceof LogReferenceError ? new EventError(index, error) : error;
    }
    // what a crash touched was undone
    if (session.live !== this.recorded) touched?.clear();
    const { stretch, options } = this;
    if (outcome.crash === null) stretch!.events.push(event);
    const applied = stretch!.events.length;
    let world: World | undefined;
    return {
      index,
      event,
      line,
      outcome,
      touched,
      kernel: session.live,
      world: () => {
        world ??= this.index === index + 1 ? session.commit().world : replayed(options!, stretch!, applied);
        return world;
      },
    };
  }
}

function replayed(options: KernelOptions, { base, events }: Stretch, applied: number): World {
  const session = new Session(options, base);
  for (let i = 0; i < applied; i++) session.step(events[i]!);
  return session.commit().world;
}

/**
 * Replays a log in one lane, pulled step by step: nothing is read before it is asked for. Throws
 * EventError at an event that names what does not exist, and whatever reading throws.
 */
export async function* replaySteps(
  items: AsyncIterable<LogItem> | Iterable<LogItem>,
  lane: OfHeader<LaneOptions>,
  options: ReplayOptions = {},
): AsyncGenerator<ReplayStep, void, void> {
  const replay = new Replay(lane, options);
  for await (const item of items) {
    const step = replay.take(item);
    if (step !== undefined) yield step;
  }
}

/**
 * Replays a log in one lane. A subscriber that works in `next` slows the reading down to its own pace;
 * one that works asynchronously pulls from `replaySteps`. Each subscription replays anew.
 */
export function replay(
  items: ObservableInput<LogItem>,
  lane: OfHeader<LaneOptions>,
  options: ReplayOptions = {},
): Observable<ReplayStep> {
  return defer(() => {
    const state = new Replay(lane, options);
    return from(items).pipe(
      mergeMap((item) => {
        const step = state.take(item);
        return step === undefined ? [] : of(step);
      }),
    );
  });
}

/** Replays a log in several lanes at once, aligned by event; `comparison` has the divergences so far and the verdict. */
export function compareStream(
  items: ObservableInput<LogItem>,
  lanes: OfHeader<readonly NamedLane[]>,
  options: ComparisonOptions & ReplayOptions = {},
): Observable<ComparedStep & { readonly comparison: Comparison }> {
  return defer(() => {
    let comparison: Comparison | undefined;
    return from(items).pipe(
      mergeMap((item) => {
        if (item.kind === 'diagnostic') options.onDiagnostic?.(item.diagnostic);
        if (item.kind === 'header') comparison = new Comparison(ofHeader(lanes, item.header), options);
        if (item.kind !== 'event') return [];
        comparison ??= new Comparison(ofHeader(lanes, { specialbit: 1 }), options);
        return of({ comparison, step: comparison.step(item.event) });
      }),
      map(({ comparison: all, step }) => ({ ...step, comparison: all })),
    );
  });
}
