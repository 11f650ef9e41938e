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
import { type CommitPolicy, Player } from './player.js';
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

/** Lane options may depend on the log's header. */
type OfHeader<T> = T | ((header: LogHeader) => T);

function ofHeader<T>(value: OfHeader<T>, header: LogHeader): T {
  return typeof value === 'function' ? (value as (header: LogHeader) => T)(header) : value;
}

/** Worlds of the past: one every K events, and the events since. */
class Past {
  private base: World;
  private events: LogEvent[] = [];
  /** The event that was played last is in `base`. */
  private fresh = false;

  constructor(
    private readonly options: KernelOptions,
    world: World,
  ) {
    this.base = world;
  }

  /** The commit policy: a world every K events. */
  readonly commits: CommitPolicy = {
    due: (position) => position % K === 0,
    take: (world) => {
      this.base = world;
      this.events = [];
      this.fresh = true;
    },
  };

  played(event: LogEvent, outcome: Outcome): void {
    if (outcome.crash === null && !this.fresh) this.events.push(event);
    this.fresh = false;
  }

  /** The world of now, when it is asked for later. */
  world(): () => World {
    const { options, base, events } = this;
    const { length } = events;
    return () => {
      const player = new Player(options, base);
      for (let i = 0; i < length; i++) player.step(events[i]!);
      return player.world();
    };
  }
}

class Replay {
  private player: Player | undefined;
  private past: Past | undefined;
  private index = 0;

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
    if (this.player === undefined) this.begin({ specialbit: 1 });
    return this.step(this.player!, this.past!, item.event, item.line);
  }

  private begin(header: LogHeader): void {
    const lane = ofHeader(this.lane, header);
    const options = kernelOptions(lane);
    const world = createWorld(lane);
    const past = new Past(options, world);
    this.past = past;
    this.player = new Player(options, world, { commits: past.commits });
  }

  private step(player: Player, past: Past, event: LogEvent, line: number): ReplayStep {
    const index = this.index++;
    const touched = this.settings.touched === true ? new TouchLog() : undefined;
    if (touched !== undefined) player.record(touched);
    let outcome: Outcome;
    try {
      outcome = player.step(event);
    } catch (error) {
      throw error instanceof LogReferenceError ? new EventError(index, error) : error;
    }
    past.played(event, outcome);
    const later = past.world();
    let world: World | undefined;
    return {
      index,
      event,
      line,
      outcome,
      touched,
      kernel: player.kernel,
      world: () => {
        world ??= this.index === index + 1 ? player.world() : later();
        return world;
      },
    };
  }
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
      map(({ comparison: all, step }) => ({
        index: step.index,
        event: step.event,
        outcomes: step.outcomes,
        parted: step.parted,
        get divergences() {
          return step.divergences;
        },
        comparison: all,
      })),
    );
  });
}
