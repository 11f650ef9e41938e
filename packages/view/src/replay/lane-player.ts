// SPDX-License-Identifier: GPL-2.0-or-later
/** One architecture playing a log, with everything that an event did at hand. */
import { createWorld, kernelOptions, type LaneOptions, type Outcome, Player } from '@specialbit/core';
import type { Kernel } from '@specialbit/core/kernel';
import type { LogEvent } from '@specialbit/events';
import { type Touched, TouchListener } from '../diff/touched.js';

/**
 * Events between two commits, which nobody asks for: only then a kernel forgets the objects that are gone. Of a log of
 * ten million events those would take more than a gigabyte.
 */
const FORGETS_EVERY = 1 << 14;

export class LanePlayer {
  private readonly player: Player;
  private readonly listener: TouchListener | undefined;

  /** `listen`: `step` tells what was touched; it costs. */
  constructor(
    readonly lane: LaneOptions,
    listen: boolean,
  ) {
    const commits = { due: (position: number) => position % FORGETS_EVERY === 0, take: () => {} };
    this.player = new Player(kernelOptions(lane), createWorld(lane), { commits });
    this.listener = listen ? new TouchListener(this.player.kernel) : undefined;
    if (this.listener !== undefined) this.player.record(this.listener);
  }

  /** The kernel as it is now; the next event changes it. */
  get kernel(): Kernel {
    return this.player.kernel;
  }

  /** Why an address space is not there, `it exited at event 7`; undefined where no event is to blame. */
  whyAbsent(mm: number): string | undefined {
    return this.player.whyAbsent(mm);
  }

  /** Throws LogReferenceError when the event names what does not exist. */
  step(event: LogEvent): { readonly outcome: Outcome; readonly touched: Touched | undefined } {
    const outcome = this.player.step(event);
    return { outcome, touched: outcome.crash === null ? this.listener?.take() : NOTHING };
  }
}

const NOTHING: Touched = { ptes: [], frames: [], rss: [], vmas: [] };
