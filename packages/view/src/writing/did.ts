// SPDX-License-Identifier: GPL-2.0-or-later
/** What an event did on each lane, for who has the cursor on its line. */
import { diffSummary } from '../diff/change-lines.js';
import { lastChange } from '../diff/moments.js';
import { judgementAt, judgementTexts, judgementWord } from '../expect/expectations.js';
import { whyLines } from '../explain/outcome-explanation.js';
import type { NumberedEvent } from '../log/loaded-log.js';
import { outcomeNotes, returnText } from '../show/outcome-text.js';
import type { LaneHistory } from '../time/lane-history.js';

/** Changes that are named in a summary. */
const NAMED = 100;

/** A text for each group of lanes on which the same is to be said: what came back, what changed, and why. */
export function eventDid(lanes: readonly LaneHistory[], numbered: NumberedEvent): string[] {
  const judgement = judgementAt(lanes, numbered.number);
  if (judgement !== undefined) return [judgementWord(judgement), ...judgementTexts(judgement)];
  const said = new Map<string, string[]>();
  for (const lane of lanes) {
    const text = didIn(lane, numbered).join('\n');
    said.set(text, [...(said.get(text) ?? []), lane.name]);
  }
  return [...said].map(([text, names]) => `${namesText(names)}${text}`);
}

function didIn(lane: LaneHistory, { number, event }: NumberedEvent): string[] {
  const moment = lane.at(number);
  const { kernel, outcome, lost } = moment;
  if (outcome === null) return [`: ${lost?.message ?? 'left out'}`];
  const changed = diffSummary(lastChange(lane, moment, NAMED));
  const head = ` = ${returnText(kernel, event, outcome)}`;
  return [
    changed === undefined ? head : `${head}; ${changed} changed`,
    ...outcomeNotes(kernel, outcome).map((note) => `  ${note}`),
    ...whyLines(kernel, outcome).map((why) => `  ${why}`),
  ];
}

const namesText = (names: readonly string[]): string =>
  names.length <= 4 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
