/** The list of events around the cursor. */
import { eventText } from '../show/event-text.js';
import { returnText } from '../show/outcome-text.js';
import { padEnd, width } from '../table.js';
import type { Colors } from './colors.js';
import type { Source, State } from './model.js';
import { fit } from './screen-text.js';

/** Exactly `rows` lines, the cursor about in the middle. */
export function eventLines(state: State, source: Source, columns: number, rows: number, color: Colors): string[] {
  const { length } = source.log.events;
  const first = Math.max(0, Math.min(state.n - Math.floor((rows - 1) / 2), length + 1 - rows));
  const digits = String(length).length;
  const lines: string[] = [];
  for (let n = first; n < first + rows; n++) {
    lines.push(n > length ? '' : eventLine(n, state, source, columns, digits, color));
  }
  return lines;
}

function eventLine(n: number, state: State, source: Source, columns: number, digits: number, color: Colors): string {
  const here = n === state.n;
  const parts = (source.divergences?.at(n).length ?? 0) > 0;
  const head = `${here ? '>' : ' '}${parts ? '!' : ' '}${String(n).padStart(digits)} `;
  const numbered = source.log.events[n - 1];
  if (numbered === undefined) return styled(padEnd(`${head}(start)`, columns), here, false, color);
  const { kernel, outcome } = source.lanes[state.lane]!.at(n);
  const returned = outcome === null ? 'left out' : returnText(kernel, numbered.event, outcome);
  const result = ` = ${fit(returned, 24)}`;
  const room = columns - head.length - width(result);
  const text = head + fit(eventText(numbered.event), room, true) + result;
  const failed = outcome === null || outcome.crash !== null || outcome.signal !== null || outcome.ret < 0;
  return styled(fit(text, columns, true), here, parts || failed, color);
}

function styled(line: string, here: boolean, red: boolean, color: Colors): string {
  const text = red ? color.red(line) : line;
  return here ? color.inverse(text) : text;
}
