// SPDX-License-Identifier: GPL-2.0-or-later
/** What the events of a log returned so far, as far as an expectation can ask for it. */
import { newOutcome, type Outcome } from '../kernel/base/outcome.js';

/** Stands for the many events that returned 0 and caused nothing. */
const PLAIN: Outcome = Object.freeze(newOutcome());

/** What an expectation asks of the events before it. */
export interface OutcomesBefore {
  /** The last event that was no expectation; 0: there was none. */
  readonly last: number;
  /** What event `number` returned; null where it named what was not there. */
  of(number: number): Outcome | null;
}

/** Outcomes by the number of their event; those of which there is nothing to say cost nothing. */
export class OutcomeRecord implements OutcomesBefore {
  private readonly told = new Map<number, Outcome | null>();
  /** The last event that was no expectation; 0: there was none. */
  last = 0;

  /** Notes what event `number` (counted from 1) returned; null: it could not be carried out here. */
  note(number: number, outcome: Outcome | null): void {
    this.last = number;
    if (outcome !== null && isPlain(outcome)) return;
    this.told.set(number, outcome);
  }

  /** Of an event that was noted, or came before the last one; null where it named what was not there. */
  of(number: number): Outcome | null {
    const told = this.told.get(number);
    return told === undefined ? PLAIN : told;
  }
}

function isPlain(outcome: Outcome): boolean {
  return (
    outcome.ret === 0 &&
    outcome.mapped < 0 &&
    outcome.signal === null &&
    outcome.crash === null &&
    outcome.messages.length === 0 &&
    outcome.reasons.length === 0 &&
    outcome.calls.every((times) => times === 0)
  );
}
