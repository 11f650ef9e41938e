// SPDX-License-Identifier: GPL-2.0-or-later
/** What comes of playing a log, all lanes in lockstep: where they part, where a kernel complains, what is not so. */
import type { ComparedStep, Divergence, Outcome } from '@specialbit/core';
import type { Kernel } from '@specialbit/core/kernel';
import { isStatement } from '@specialbit/events';
import {
  Divergences,
  Expectations,
  judgementTexts,
  type LaneHistory,
  type NumberedEvent,
  outcomeNotes,
} from '@specialbit/view';
import { type Problem, problemOf } from '@specialbit/view/writing';
import type { LogDocument } from './document.js';

/** What there is to say of one event. */
export interface Finding {
  /** How the lanes part here, in a few words. */
  readonly parting: string | undefined;
  /** What the kernels print, or die of, each with its lanes. */
  readonly complaints: readonly string[];
  /** Of an expectation: what is not so. */
  readonly unmet: readonly string[];
  /** Lanes that do not have what the event names, where others do. */
  readonly without: readonly string[];
}

/** Events that are played between two looks at who else waits. */
const STRETCH = 16;

/** Found as far as there was time; of the events that a log before had too, what was found there. */
export class Findings {
  private readonly byNumber: Map<number, Finding>;
  private readonly divergences: Divergences | undefined;
  private expectations: Expectations | undefined;
  /** Events that are known. */
  private known: number;

  constructor(
    private readonly document: LogDocument,
    private readonly lanes: readonly LaneHistory[],
    before: Findings | undefined,
    same: number,
  ) {
    this.known = Math.min(same, before?.known ?? 0);
    this.byNumber = new Map([...(before?.byNumber ?? [])].filter(([number]) => number <= this.known));
    const { file, header, events } = document;
    if (header === undefined || lanes.length === 0) return;
    this.divergences = new Divergences({ file, header, events }, lanes, (...step) => this.note(...step));
  }

  /** Everything was played. */
  get complete(): boolean {
    return this.divergences?.complete !== false;
  }

  at(number: number): Finding | undefined {
    return this.byNumber.get(number);
  }

  get all(): ReadonlyMap<number, Finding> {
    return this.byNumber;
  }

  /** The event that no lane can carry out, and why; what stands behind it is not compared. */
  get stop(): { readonly number: number; readonly problem: Problem } | undefined {
    const stop = this.divergences?.stop ?? null;
    return stop === null ? undefined : { number: stop.number, problem: problemOf(stop.error, this.document.file) };
  }

  /** Plays on in short stretches. */
  *play(): Generator<void, void, void> {
    while (this.divergences?.complete === false) {
      this.divergences.advance(STRETCH);
      yield;
    }
  }

  /** Why the lanes part at an event, found in steps. */
  *causes(number: number): Generator<unknown, readonly Divergence[], void> {
    return this.divergences === undefined ? [] : yield* this.divergences.find(number);
  }

  private note(numbered: NumberedEvent, step: ComparedStep, kernels: readonly Kernel[]): void {
    const { number } = numbered;
    const { lanes } = this;
    this.expectations ??= new Expectations(kernels.map((kernel, i) => ({ name: lanes[i]!.name, kernel })));
    const judgement = this.expectations.take(numbered, step.outcomes);
    this.known = Math.max(this.known, number);
    const parting = step.parted ? this.divergences?.headline(number) : undefined;
    const complaints = complaintsOf(step.outcomes, kernels, lanes);
    const unmet = judgement?.holds === false ? judgementTexts(judgement) : [];
    const lost = !isStatement(numbered.event)
      ? step.outcomes.flatMap((outcome, i) => (outcome === null ? [lanes[i]!.name] : []))
      : [];
    const without = lost.length < lanes.length ? lost : [];
    if (parting === undefined && complaints.length + unmet.length + without.length === 0) this.byNumber.delete(number);
    else this.byNumber.set(number, { parting: parting ?? (step.parted ? '' : undefined), complaints, unmet, without });
  }
}

/** Words of a kernel that complains or dies, once for all lanes on which they are the same. */
function complaintsOf(
  outcomes: readonly (Outcome | null)[],
  kernels: readonly Kernel[],
  lanes: readonly LaneHistory[],
): string[] {
  const said = new Map<string, string[]>();
  for (const [i, outcome] of outcomes.entries()) {
    if (outcome === null || (outcome.messages.length === 0 && outcome.crash === null)) continue;
    const texts = outcome.messages.map(({ text }) => text);
    // it is said first what it died of
    if (outcome.crash !== null) texts.unshift(outcomeNotes(kernels[i]!, outcome)[0]!);
    for (const text of texts) said.set(text, [...(said.get(text) ?? []), lanes[i]!.name]);
  }
  return [...said].map(([text, names]) => (names.length === lanes.length ? text : `${names.join(', ')}: ${text}`));
}
