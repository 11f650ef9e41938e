// SPDX-License-Identifier: GPL-2.0-or-later
/** One lane that plays events one after the other: the one way to run a kernel for more than one event. */
import type { LogEvent } from '@specialbit/events';
import { errnoName } from './kernel/base/errno.js';
import { LogReferenceError } from './kernel/base/errors.js';
import type { Checkpoint, Kernel, KernelOptions } from './kernel/base/kernel.js';
import type { Outcome } from './kernel/base/outcome.js';
import type { TouchRecorder } from './mm/vma.js';
import { applyTo } from './reduce.js';
import { type CommitOptions, commitWorld } from './world/commit.js';
import { openWorld } from './world/open.js';
import type { World } from './world/world.js';

/** Hears of what an event touches. `clear` is called before each event, and after one that was undone. */
export interface EventRecorder extends TouchRecorder {
  clear(): void;
}

/** When a player commits by itself, and who gets the worlds. */
export interface CommitPolicy {
  /** `position`: events played. */
  due(position: number): boolean;
  take(world: World, position: number): void;
}

export interface PlayerSettings extends CommitOptions {
  readonly recorder?: EventRecorder;
  /** Without one, a world is committed when `world` asks for it. */
  readonly commits?: CommitPolicy;
  /** Events that were played before `world`; 0 by default. */
  readonly position?: number;
}

/** A moment of a player that it can go back to. */
export interface PlayerMark {
  /** Another one for the same moment after an event that was undone. */
  checkpoint: Checkpoint;
  readonly position: number;
}

/** Address spaces and mappings that are not there, and the events that are to blame. */
class Absences {
  private readonly mms = new Map<number, string>();
  private readonly labels = new Map<string, string>();

  /** Notes what event `number` took away, or failed to make; `opened`: the label of the mapping that it ends. */
  note(number: number, event: LogEvent, { ret, crash, mapped }: Outcome, opened: string | undefined): void {
    const failed = crash !== null || ret < 0;
    const how = crash === null ? `failed with -${errnoName(ret) ?? -ret}` : 'killed the kernel';
    if (event.type === 'exit') {
      if (!failed) this.mms.set(event.mm, `it exited at event ${number}`);
    } else if (event.type === 'fork') {
      if (failed) this.mms.set(event.child, `fork at event ${number} ${how}`);
      else this.mms.delete(event.child);
    } else {
      // asked of every shape of event, `in` is slower than a property that may be missing
      const label = (event as { readonly label?: string }).label ?? opened;
      if (label === undefined) return;
      if (mapped < 0 && failed) this.labels.set(label, `${event.type} at event ${number} ${how}`);
      else this.labels.delete(label);
    }
  }

  mm(id: number): string | undefined {
    return this.mms.get(id);
  }

  label(name: string): string | undefined {
    return this.labels.get(name);
  }
}

export class Player {
  /** The running kernel, to be looked at and not kept: the next event changes it. */
  readonly kernel: Kernel;
  /** Events played, or skipped. */
  position: number;
  commits: CommitPolicy | undefined;
  private recorder: EventRecorder | undefined;
  private latest: World | null;
  private readonly absences = new Absences();

  constructor(
    options: KernelOptions,
    world: World,
    private readonly settings: PlayerSettings = {},
  ) {
    this.kernel = openWorld(options, world);
    this.latest = world;
    this.position = settings.position ?? 0;
    this.commits = settings.commits;
    if (settings.recorder !== undefined) this.record(settings.recorder);
  }

  /** From now on `recorder` hears of what events touch, instead of the one so far. */
  record(recorder: EventRecorder): void {
    this.recorder = recorder;
    this.kernel.record(recorder);
  }

  /**
   * Plays an event. One that takes the kernel down is undone, at the cost of what it touched: the log goes on
   * without it. So is one that names what does not exist; its LogReferenceError is thrown, and the player
   * stays where it is. `since`: a mark that was made right before, which saves a checkpoint within it.
   */
  step(event: LogEvent, since?: PlayerMark): Outcome {
    const { kernel, recorder } = this;
    recorder?.clear();
    const opened = event.type === 'mmap.end' ? kernel.opened.get(event.mm)?.label : undefined;
    const checkpoint = since?.checkpoint ?? kernel.checkpoint();
    let outcome: Outcome;
    try {
      outcome = applyTo(kernel, event);
    } catch (error) {
      this.undo(checkpoint, since);
      throw this.because(error);
    }
    this.absences.note(this.position + 1, event, outcome, opened);
    if (outcome.crash === null) {
      if (since === undefined) kernel.release(checkpoint);
      this.latest = null;
    } else {
      this.undo(checkpoint, since);
    }
    this.skip();
    return outcome;
  }

  private undo(checkpoint: Checkpoint, since: PlayerMark | undefined): void {
    this.kernel.rollback(checkpoint);
    if (since !== undefined) since.checkpoint = this.kernel.checkpoint();
    this.recorder?.clear();
  }

  /** Why an address space is not there, `it exited at event 7`; undefined where no event that was played here is to blame. */
  whyAbsent(mm: number): string | undefined {
    return this.kernel.mms.has(mm) ? undefined : this.absences.mm(mm);
  }

  /** The error, with the event that is to blame. */
  private because(error: unknown): unknown {
    if (!(error instanceof LogReferenceError)) return error;
    const { kind, found, expected } = error;
    const why =
      kind === 'mm' ? this.absences.mm(Number(found)) : kind === 'mapping' ? this.absences.label(found) : undefined;
    return why === undefined ? error : new LogReferenceError(kind, found, expected, why);
  }

  /** What an event would return, of a lane that stays as it is. Throws LogReferenceError. */
  probe(event: LogEvent): Outcome {
    const { kernel } = this;
    const checkpoint = kernel.checkpoint();
    try {
      return applyTo(kernel, event);
    } finally {
      kernel.rollback(checkpoint);
      this.recorder?.clear();
    }
  }

  /** Passes over an event that is not carried out. */
  skip(): void {
    const position = ++this.position;
    if (this.commits?.due(position) === true) this.commits.take(this.world(), position);
  }

  /** Remembers this moment: whatever is played from here can be taken back, at the cost of what it touched. Marks nest. */
  mark(): PlayerMark {
    return { checkpoint: this.kernel.checkpoint(), position: this.position };
  }

  /** Goes back to a mark, and ends it and those within it. Worlds that were committed meanwhile stay what they are. */
  back({ checkpoint, position }: PlayerMark): void {
    this.kernel.rollback(checkpoint);
    this.recorder?.clear();
    this.position = position;
    this.latest = null;
  }

  /** The world here; it costs what changed since the last one. */
  world(): World {
    this.latest ??= commitWorld(this.kernel, this.settings);
    return this.latest;
  }
}
