// SPDX-License-Identifier: GPL-2.0-or-later
/** How what is selected came to be as it is: which events changed it, and since when who holds it. */
import {
  changeSteps,
  eventText,
  holdersSince,
  type LaneHistory,
  type Probe,
  parseSubject,
  resolveSubject,
  type Subject,
  UsageError,
} from '@specialbit/view';
import type { HistoryRow, LanePast, PastView } from '../protocol.js';
import { frameOfTarget, groupsOfSelection } from './selection.js';

/** Changes of a thing that are told of. */
const HISTORY = 40;

export function* pastView(
  lanes: readonly LaneHistory[],
  groups: readonly (readonly number[])[],
  n: number,
  text: string,
): Generator<unknown, PastView, void> {
  const subject = parseSubject(text);
  const found: LanePast[] = [];
  for (const group of groupsOfSelection(lanes, groups, n, subject)) {
    const history = lanes[group[0]!]!;
    const probe = probeAt(history, n, subject);
    if (probe === undefined) {
      found.push({ lanes: group, since: [], history: [], moreHistory: false });
      continue;
    }
    const pfn = frameOfTarget(history, n, probe);
    const since = pfn === undefined ? [] : yield* holdersSince(history, pfn, n);
    found.push({ lanes: group, since: since.map((one) => one.since), ...(yield* changes(history, probe, n)) });
  }
  return { n, subject: text, lanes: found };
}

function probeAt(history: LaneHistory, n: number, subject: Subject): Probe | undefined {
  try {
    return resolveSubject(history.at(n).kernel, subject);
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}

function* changes(
  history: LaneHistory,
  probe: Probe,
  n: number,
): Generator<unknown, { history: HistoryRow[]; moreHistory: boolean }, void> {
  const rows: HistoryRow[] = [];
  for (const change of changeSteps(history, probe, n)) {
    if (change === null) {
      yield;
      continue;
    }
    const { numbered, before, after } = change;
    if (rows.length === HISTORY) return { history: rows, moreHistory: true };
    rows.push({ number: numbered.number, text: eventText(numbered.event), before, after });
    yield;
  }
  return { history: rows, moreHistory: false };
}
