// SPDX-License-Identifier: GPL-2.0-or-later
/** The list of events around the cursor. */
import { eventText, padEnd, type Returned, type Source, type State, width } from '@specialbit/view';
import type { Colors } from './colors.js';

import { fit } from './screen-text.js';

/** Exactly `rows` lines, the cursor about in the middle. */
export function eventLines(state: State, source: Source, columns: number, rows: number, color: Colors): string[] {
  const { length } = source.log.events;
  const first = Math.max(0, Math.min(state.n - Math.floor((rows - 1) / 2), length + 1 - rows));
  const digits = String(length).length;
  const lines: string[] = [];
  const shown = Math.max(1, first);
  const returned = source.lanes[state.lane]!.returned(shown, Math.min(length, first + rows - 1));
  for (let n = first; n < first + rows; n++) {
    lines.push(n > length ? '' : eventLine(n, state, source, returned[n - shown], columns, digits, color));
  }
  return lines;
}

function eventLine(
  n: number,
  state: State,
  source: Source,
  returned: Returned | undefined,
  columns: number,
  digits: number,
  color: Colors,
): string {
  const here = n === state.n;
  const parts = source.divergences?.parts(n) === true;
  const head = `${here ? '>' : ' '}${parts ? '!' : ' '}${String(n).padStart(digits)} `;
  const numbered = source.log.events[n - 1];
  if (numbered === undefined || returned === undefined)
    return styled(padEnd(`${head}(start)`, columns), here, false, color);
  const result = returned.text === null ? '' : ` = ${fit(returned.text, 24)}`;
  const room = columns - head.length - width(result);
  const text = head + fit(eventText(numbered.event), room, true) + result;
  return styled(fit(text, columns, true), here, parts || returned.failed, color);
}

function styled(line: string, here: boolean, red: boolean, color: Colors): string {
  const text = red ? color.red(line) : line;
  return here ? color.inverse(text) : text;
}
