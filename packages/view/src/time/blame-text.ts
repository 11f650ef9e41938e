// SPDX-License-Identifier: GPL-2.0-or-later
/** Which events changed one thing, as text. */
import { UsageError } from '../errors.js';
import { eventText } from '../show/event-text.js';
import type { Painted } from '../text/colors.js';
import { MAIL_WIDTH, wrap } from '../text/table.js';
import type { LaneHistory } from './lane-history.js';
import { type Probe, resolveSubject, type Subject } from './subject.js';
import { type Change, changesOf } from './watch.js';

/** One thing in one lane, and what changed it. */
export interface Blamed {
  readonly lane: string;
  readonly what: string;
  readonly value: string;
  /** The last first. */
  readonly changes: readonly Change[];
}

/** As seen after `at` events; `all`: not only the last change. Throws UsageError for what is not there. */
export function blamed(history: LaneHistory, subject: Subject, at: number, all: boolean): Blamed {
  const { kernel } = history.at(at);
  let probe: Probe;
  try {
    probe = resolveSubject(kernel, subject);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const why = exitedText(history, subject.mm, at);
    throw new UsageError('usage.subject', `${history.name}, after event ${at}: ${error.message}${why}`);
  }
  const changes: Change[] = [];
  for (const change of changesOf(history, probe, at)) {
    changes.push(change);
    if (!all) break;
  }
  return { lane: history.name, what: probe.name, value: probe.text(kernel), changes };
}

/** `; it exited at event 7: --at 6` for an address space that lived once. */
function exitedText(history: LaneHistory, mm: number, at: number): string {
  if (history.at(at).kernel.mms.has(mm)) return '';
  const last = history.events.slice(0, at).findLast(({ event }) => event.type === 'exit' && event.mm === mm);
  return last === undefined ? '' : `; it exited at event ${last.number}: --at ${last.number - 1}`;
}

export function blameLines({ lane, what, value, changes }: Blamed, at: number, { color }: Painted): string[] {
  const head = wrap(`${lane}, after event ${at}: ${what} = ${value}`).map(color.bold);
  if (changes.length === 0) return [...head, '  no event changed it'];
  return [...head, ...changes.flatMap((change) => changeLines(change, color.dim))];
}

function changeLines({ numbered, returned, before, after }: Change, dim: (text: string) => string): string[] {
  const head = `event ${numbered.number} (line ${numbered.line}): `;
  const lines = wrap(`${head}${eventText(numbered.event)} = ${returned}`, MAIL_WIDTH, '  ');
  const text = `${before} -> ${after}`;
  const moved = text.length + 4 <= MAIL_WIDTH ? [text] : [before, `-> ${after}`];
  return [...lines, ...moved.flatMap((side) => wrap(side, MAIL_WIDTH, '    ')).map(dim)];
}
