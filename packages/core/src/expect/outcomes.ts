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

/** Events whose outcomes' numbers lie together: four bytes an event, of logs of millions. */
const CHUNK = 1 << 14;
/** Numbers of outcomes that are always there. */
const PLAINLY = 0;
const NOT_CARRIED_OUT = 1;

/** Outcomes by the number of their event, as far as an expectation can ask for them: what is alike is held once. */
export class OutcomeRecord implements OutcomesBefore {
  private readonly chunks: (Uint32Array | undefined)[] = [];
  private readonly outcomes: (Outcome | null)[] = [PLAIN, null];
  private readonly numbers = new Map<string | number, number>();
  /** The last event that was no expectation; 0: there was none. */
  last = 0;

  /** Notes what event `number` (counted from 1) returned; null: it could not be carried out here. */
  note(number: number, outcome: Outcome | null): void {
    this.last = number;
    if (outcome !== null && isPlain(outcome)) return;
    const chunk = Math.floor(number / CHUNK);
    let numbers = this.chunks[chunk];
    if (numbers === undefined) {
      numbers = new Uint32Array(CHUNK);
      this.chunks[chunk] = numbers;
    }
    numbers[number % CHUNK] = outcome === null ? NOT_CARRIED_OUT : this.numberOf(outcome);
  }

  /** Of an event that was noted, or came before the last one; null where it named what was not there. */
  of(number: number): Outcome | null {
    const found = this.chunks[Math.floor(number / CHUNK)]?.[number % CHUNK] ?? PLAINLY;
    return this.outcomes[found]!;
  }

  private numberOf(outcome: Outcome): number {
    const { ret, mapped, signal, reasons, calls, crash, messages } = outcome;
    if (crash !== null || messages.length > 0) return this.outcomes.push(outcome) - 1;
    const key = keyOf(outcome);
    let number = this.numbers.get(key);
    if (number === undefined) {
      // nobody asks where it was mapped
      const kept: Outcome = { ...PLAIN, ret, signal, reasons, calls, mapped: mapped < 0 ? -1 : 0 };
      number = this.outcomes.push(kept) - 1;
      this.numbers.set(key, number);
    }
    return number;
  }
}

/** The same for outcomes without crash and messages of which an expectation is told the same. */
function keyOf({ ret, mapped, signal, reasons, calls }: Outcome): string | number {
  const [fault, pfn_mkwrite, page_mkwrite] = calls;
  const isMapped = mapped < 0 ? 0 : 1;
  // a number is found without making a text of it
  if (signal === null && reasons.length === 0 && ret >= 0 && ret < 2 ** 31 && (fault | pfn_mkwrite | page_mkwrite) < 8)
    return (((ret * 2 + isMapped) * 8 + fault) * 8 + pfn_mkwrite) * 8 + page_mkwrite;
  return `${ret} ${isMapped} ${signal} ${fault} ${pfn_mkwrite} ${page_mkwrite} ${reasons.join(' ')}`;
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
