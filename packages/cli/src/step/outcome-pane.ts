// SPDX-License-Identifier: GPL-2.0-or-later
/** What the last event returned and changed, and why. */
import { DECISIONS, Decision, type Judgement } from '@specialbit/core';
import { isStatement } from '@specialbit/events';
import {
  changeLines,
  eventText,
  judgementAt,
  judgementTexts,
  judgementWord,
  lastChange,
  type MomentDiff,
  momentOf,
  outcomeNotes,
  returnText,
  type Source,
  type State,
  whyLines,
  wrap,
} from '@specialbit/view';
import type { Colors } from './colors.js';

/** PTEs and frames that are shown, and reasons that are told. */
const SHOWN = 16;
const REASONS = 4;

export function outcomeLines(state: State, source: Source, columns: number, color: Colors): string[] {
  const moment = momentOf(state, source);
  const { last, outcome, lost, kernel } = moment;
  if (last === undefined) return startLines(source, columns);
  const judgement = judgementAt(source.lanes, state.n);
  if (judgement !== undefined) return judgedLines(eventText(last.event), judgement, columns, color);
  if (isStatement(last.event)) return hanging(eventText(last.event), columns).map(color.bold);
  const returned = outcome === null ? `left out: ${lost!.message}` : returnText(kernel, last.event, outcome);
  const failed = outcome === null || outcome.crash !== null || outcome.signal !== null || outcome.ret < 0;
  const lines = hanging(`${eventText(last.event)} = ${returned}`, columns).map(failed ? color.red : color.bold);
  for (const { headline, cause } of source.divergences?.at(state.n) ?? []) {
    lines.push(...hanging(`! the lanes part: ${headline}`, columns).map(color.red));
    lines.push(...wrap(cause, columns, '  '));
  }
  if (outcome !== null) {
    for (const why of whyLines(kernel, outcome)) {
      lines.push(...wrap(why, columns, why.startsWith(' ') ? '      ' : '  ').map(color.cyan));
    }
    for (const note of outcomeNotes(kernel, outcome)) lines.push(...wrap(note, columns, '  '));
  }
  const change = lastChange(source.lanes[state.lane]!, moment, SHOWN);
  lines.push(...reasons(change, columns, color));
  return [...lines, ...changeLines(change, { columns, emphasis: color.dim })];
}

/** An expectation changes nothing: what there is to say is whether it holds, on all lanes. */
function judgedLines(text: string, judgement: Judgement, columns: number, color: Colors): string[] {
  const paint = judgement.holds ? color.green : color.red;
  const lines = hanging(`${text}: ${judgementWord(judgement)}`, columns).map(paint);
  return [...lines, ...judgementTexts(judgement).flatMap((unmet) => wrap(unmet, columns, '  '))];
}

function startLines({ log }: Source, columns: number): string[] {
  const { title, description = [] } = log.header;
  return [title ?? log.file, ...description].flatMap((text) => wrap(text, columns));
}

function hanging(text: string, columns: number): string[] {
  return wrap(text, columns - 2).map((line, i) => (i === 0 ? line : `  ${line}`));
}

/** Why vm_normal_page() says what it says of the entries that the event wrote. */
function reasons({ processes }: MomentDiff, columns: number, color: Colors): string[] {
  const told = new Map<string, string[]>();
  for (const { at, after } of processes.flatMap(({ ptes }) => ptes)) {
    if (after.decision === null) continue;
    told.set(after.decision, [...(told.get(after.decision) ?? []), at]);
  }
  return [...told].slice(0, REASONS).flatMap(([decision, pages]) => {
    const { verdict, text } = DECISIONS[Decision[decision as keyof typeof Decision]];
    const which = pages.length > 3 ? `${pages.slice(0, 3).join(', ')} and ${pages.length - 3} more` : pages.join(', ');
    const said = verdict === 'page' ? 'a normal page' : verdict === 'NULL' ? 'no page (NULL)' : verdict;
    return hanging(`${which}: ${said}: ${text}`, columns).map(verdict === 'bad page map' ? color.red : color.cyan);
  });
}
