// SPDX-License-Identifier: GPL-2.0-or-later
/** Plays a log ahead, all lanes in lockstep, and notes where they part and where a kernel complains. */
import type { ComparedStep, Outcome } from '@specialbit/core';
import type { Kernel } from '@specialbit/core/kernel';
import {
  Divergences,
  Expectations,
  type LaneHistory,
  type LoadedLog,
  type NumberedEvent,
  type NumberedEvents,
} from '@specialbit/view';
import { problemOf } from '@specialbit/view/writing';
import { MARK, type Survey } from '../protocol.js';

export class Surveyor {
  readonly divergences: Divergences;
  private readonly marks: Uint8Array;
  private expectations: Expectations | null = null;
  private parting = 0;
  private told = 0;

  constructor(
    private readonly log: LoadedLog<NumberedEvents>,
    private readonly lanes: readonly LaneHistory[],
  ) {
    this.marks = new Uint8Array(log.events.length);
    this.divergences = new Divergences(log, lanes, (numbered, step, kernels) => this.note(numbered, step, kernels));
  }

  get complete(): boolean {
    return this.divergences.complete;
  }

  advance(events: number): void {
    this.divergences.advance(events);
  }

  /** What is new since it was asked last. */
  news(): Survey {
    const { covered, verdict } = this.divergences;
    const from = this.told;
    this.told = covered;
    const marks = this.marks.slice(from, covered);
    const { parting } = this;
    const stop = this.divergences.stop;
    return {
      ...{ covered, total: this.log.events.length, from: from + 1, marks, parting, verdict },
      stop: stop === null ? null : { number: stop.number, problem: problemOf(stop.error, this.log.file) },
    };
  }

  /** The marks of event `n`, as far as it was played. */
  at(n: number): number {
    return this.marks[n - 1] ?? 0;
  }

  private note(numbered: NumberedEvent, step: ComparedStep, kernels: readonly Kernel[]): void {
    this.expectations ??= new Expectations(kernels.map((kernel, i) => ({ name: this.lanes[i]!.name, kernel })));
    const judgement = this.expectations.take(numbered, step.outcomes);
    let mark = step.parted ? MARK.parts : 0;
    for (const outcome of step.outcomes) if (outcome !== null) mark |= markOf(outcome);
    if (judgement?.holds === false) mark |= MARK.unmet;
    if (step.parted) this.parting++;
    this.marks[numbered.number - 1] = mark;
  }
}

function markOf({ messages, crash, signal, ret }: Outcome): number {
  return (
    (messages.length > 0 ? MARK.complains : 0) |
    (crash !== null ? MARK.dies : 0) |
    (signal !== null || ret < 0 ? MARK.fails : 0)
  );
}
