// SPDX-License-Identifier: GPL-2.0-or-later
/** The expectations of a log, judged while it is played, and what there is to say of them. */
import { type AskedLane, type Judgement, judge, type Outcome, OutcomeRecord } from '@specialbit/core';
import type { Kernel } from '@specialbit/core/kernel';
import { isStatement } from '@specialbit/events';
import type { NumberedEvent } from '../log/loaded-log.js';
import { MAIL_WIDTH, wrap } from '../text/table.js';
import type { LaneHistory } from '../time/lane-history.js';

/** An expectation that does not hold. */
export interface FailedExpectation {
  readonly number: number;
  readonly line: number;
  readonly judgement: Judgement;
}

export class Expectations {
  /** How many there were so far. */
  checked = 0;
  readonly failed: FailedExpectation[] = [];
  private readonly lanes: readonly (AskedLane & { readonly outcomes: OutcomeRecord })[];

  /** The kernels are looked at after each event. */
  constructor(lanes: readonly { readonly name: string; readonly kernel: Kernel }[]) {
    this.lanes = lanes.map(({ name, kernel }) => ({ name, kernel, outcomes: new OutcomeRecord() }));
  }

  /**
   * To be called after every event, with what it returned on each lane (null: it named what that lane does not
   * have). The judgement, when the event is an expectation.
   */
  take({ number, line, event }: NumberedEvent, outcomes: readonly (Outcome | null)[]): Judgement | undefined {
    if (event.type !== 'expect') {
      if (isStatement(event)) return undefined;
      for (const [i, lane] of this.lanes.entries()) lane.outcomes.note(number, outcomes[i] ?? null);
      return undefined;
    }
    const judgement = judge(event, this.lanes);
    this.checked++;
    if (!judgement.holds) this.failed.push({ number, line, judgement });
    return judgement;
  }

  /** One line for the end; undefined for a log without expectations. */
  summary(): string | undefined {
    const { checked, failed } = this;
    if (checked === 0) return undefined;
    const all = checked === 1 ? '1 expectation' : `${checked} expectations`;
    if (failed.length === 0) return `${all}: ${checked === 1 ? 'it holds' : 'all hold'}`;
    const [first] = failed;
    const events =
      failed.length === 1
        ? `the one of event ${first!.number}`
        : `${failed.length}, the first at event ${first!.number}`;
    return `${all}: not so ${events}`;
  }
}

/** How event `n` turned out, when it is an expectation; undefined for any other. */
export function judgementAt(lanes: readonly LaneHistory[], n: number): Judgement | undefined {
  const event = n === 0 ? undefined : lanes[0]?.events.at(n - 1)?.event;
  if (event?.type !== 'expect') return undefined;
  return judge(
    event,
    lanes.map((lane) => lane.asked(n)),
  );
}

/** `holds`, `does not hold`, `about no lane here`. */
export function judgementWord({ holds, asked }: Judgement): string {
  if (asked.length === 0) return 'about no lane here';
  return holds ? 'holds' : 'does not hold';
}

/** What is not so: a text for each member of each lane, of any length. */
export function judgementTexts({ against, holds }: Judgement): string[] {
  if (holds) return [];
  return against.flatMap(({ lane, unmet }) => {
    if (unmet.length === 0) return [`${lane}: all of it is so, on a lane on which it must not be`];
    return unmet.map(({ member, expected, found }) => {
      const text = `expected ${expected}, found ${found}`;
      // flags with blanks between them, so that a line can be broken there
      return `${lane}: ${member}: ${FLAG_MEMBERS.includes(member) ? text.replaceAll('|', ' ') : text}`;
    });
  });
}

const FLAG_MEMBERS = ['vm_flags', 'no_vm_flags'];

/** What is not so, in lines that fit a mail. */
export function judgementLines(judgement: Judgement, indent: string): string[] {
  return judgementTexts(judgement).flatMap((text) =>
    wrap(text, MAIL_WIDTH - indent.length - 2).map((line, i) => `${indent}${i === 0 ? '' : '  '}${line}`),
  );
}
