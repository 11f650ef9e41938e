// SPDX-License-Identifier: GPL-2.0-or-later
/** Several lanes over the same log at any moment: their worlds side by side, and where they part. */
import type { LogEvent } from '@specialbit/events';
import { Timeline } from '../timeline/timeline.js';
import type { World } from '../world/world.js';
import { Comparison, type ComparisonOptions } from './comparison.js';
import type { Divergence } from './divergence.js';
import type { NamedLane } from './lane.js';

export class ComparedTimeline {
  /** One a lane. A lane that cannot carry out an event that others can throws EventError behind it. */
  readonly timelines: readonly Timeline[];
  private readonly comparison: Comparison;

  constructor(
    lanes: readonly NamedLane[],
    private readonly events: readonly LogEvent[],
    options: ComparisonOptions = {},
  ) {
    this.timelines = lanes.map((lane) => new Timeline(lane.options, events));
    this.comparison = new Comparison(lanes, options);
  }

  /** The worlds of all lanes after `n` events. */
  at(n: number): World[] {
    return this.timelines.map((timeline) => timeline.at(n));
  }

  /** Every event among the first `n` at which the lanes part; found once, and further as more is asked for. */
  divergences(n = this.events.length): readonly Divergence[] {
    this.runTo(n);
    return this.comparison.divergences.filter((divergence) => divergence.index < n);
  }

  /** In one line: where the lanes first part. */
  verdict(): string {
    this.runTo(this.events.length);
    return this.comparison.verdict();
  }

  private runTo(n: number): void {
    while (this.comparison.length < Math.min(n, this.events.length)) {
      this.comparison.step(this.events[this.comparison.length]!);
    }
  }
}
