// SPDX-License-Identifier: GPL-2.0-or-later
/** The state as lines of text, for a screen of any size. */
import {
  type Blame,
  changeLines,
  diffMoments,
  diffSummary,
  eventText,
  laneLines,
  laneRows,
  laneSummary,
  momentOf,
  type Prompt,
  padEnd,
  type Source,
  type State,
  viewsAt,
  width,
  wrap,
} from '@specialbit/view';
import type { Colors } from './colors.js';

import { eventLines } from './events-pane.js';

import { helpLines } from './help.js';

import { outcomeLines } from './outcome-pane.js';

import { fit, rule, window } from './screen-text.js';

import { type PaneLines, worldPane } from './world-pane.js';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export interface Screen {
  /** One a row, none wider than the screen. */
  readonly lines: readonly string[];
  /** First line of the large pane that is shown, and how many lines there is room for: for scrolling. */
  readonly top: number;
  readonly page: number;
  /** Where the prompt's cursor stands, from 0; null when nothing is typed. */
  readonly cursor: { readonly row: number; readonly column: number } | null;
}

/** From this width on the panes stand side by side. */
const WIDE = 116;
/** PTEs and frames of a diff. */
const SHOWN = 500;

export function view(state: State, source: Source, size: Size, color: Colors): Screen {
  const columns = Math.max(1, size.columns);
  const rows = Math.max(1, size.rows);
  const body = Math.max(0, rows - 2);
  const { lines, top, page } =
    columns >= WIDE ? wide(state, source, columns, body, color) : stacked(state, source, columns, body, color);
  const foot = footer(state, source, columns, color);
  const all = [titleLine(state, source, columns, color), ...lines, foot.line].slice(-rows);
  const cursor = foot.column === null ? null : { row: all.length - 1, column: foot.column };
  return { lines: all.map((line) => fit(line, columns)), top, page, cursor };
}

interface Body {
  readonly lines: readonly string[];
  readonly top: number;
  readonly page: number;
}

function stacked(state: State, source: Source, columns: number, rows: number, color: Colors): Body {
  const { length } = source.log.events;
  const large = largePane(state, source, columns, color);
  const help = state.pane === 'help';
  const events = help ? 0 : Math.min(length + 1, Math.max(3, Math.floor(rows * 0.25)), rows);
  // what was asked for needs the room more than what the event did
  const outcome = state.pane === 'world' ? outcomeLines(state, source, columns, color) : [];
  const middle = Math.min(outcome.length, Math.max(0, Math.floor((rows - events) * 0.42)));
  const page = Math.max(0, rows - events - middle - (middle > 0 ? 2 : 1));
  const top = topOf(state, large, page);
  const middleTitle = middle < outcome.length ? 'event (more on a taller screen)' : 'event';
  const lines = [
    ...eventLines(state, source, columns, events, color),
    ...(middle > 0 ? [color.dim(rule(middleTitle, columns)), ...window(outcome, 0, middle)] : []),
    color.dim(titleRule(large, top, page, columns)),
    ...window(large.lines, top, page),
  ];
  return { lines: lines.slice(0, rows), top, page };
}

function wide(state: State, source: Source, columns: number, rows: number, color: Colors): Body {
  const left = Math.floor(columns * 0.46);
  const right = columns - left - 3;
  const events = Math.min(source.log.events.length + 1, Math.max(3, Math.floor(rows * 0.5)));
  const outcome = outcomeLines(state, source, left, color);
  const page = rows - 1;
  const large = largePane(state, source, right, color);
  const top = topOf(state, large, page);
  const leftLines = [
    color.dim(rule('events', left)),
    ...eventLines(state, source, left, events, color),
    color.dim(rule('event', left)),
    ...window(outcome, 0, Math.max(0, rows - events - 2)),
  ];
  const rightLines = [color.dim(titleRule(large, top, page, right)), ...window(large.lines, top, Math.max(0, page))];
  const lines = Array.from({ length: rows }, (_, i) => {
    return `${fit(leftLines[i] ?? '', left, true)} ${color.dim('|')} ${fit(rightLines[i] ?? '', right)}`;
  });
  return { lines, top, page };
}

// ----------------------------------------------------------- large pane

interface Pane extends PaneLines {
  readonly title: string;
}

function largePane(state: State, source: Source, columns: number, color: Colors): Pane {
  const history = source.lanes[state.lane]!;
  switch (state.pane) {
    case 'help':
      return { title: 'help', lines: helpLines(), focus: 0 };
    case 'blame':
      return { title: 'who wrote it', lines: blameLines(state.blame, columns, color), focus: 0 };
    case 'diff': {
      const from = state.mark ?? Math.max(0, state.n - 1);
      const diff = diffMoments(history, from, state.n, SHOWN);
      const summary = diffSummary(diff) ?? 'nothing';
      const lines = changeLines(diff, { columns, emphasis: color.bold });
      return { title: `from event ${from} to ${state.n}: ${summary} changed`, lines, focus: 0 };
    }
    case 'lanes': {
      const rows = laneRows(viewsAt(source.lanes, state.n));
      const shown = rows.filter(({ difference }) => difference !== 'same');
      const names = source.lanes.map(({ name }) => name);
      const lines = shown.length === 0 ? [] : laneLines(names, shown, columns, color.bold);
      return { title: `lanes: ${laneSummary(rows)}`, lines, focus: 0 };
    }
    case 'world': {
      const bit = history.timeline.options.arch.special.pte ? 'with special bit' : 'no special bit';
      const { lines, focus } = worldPane(momentOf(state, source), columns, color);
      return { title: `${history.name} (${bit}), after event ${state.n}`, lines, focus };
    }
  }
}

/** The first line that is shown: as scrolled, or so that what changed is seen. */
function topOf({ scroll }: State, { lines, focus }: Pane, page: number): number {
  const last = Math.max(0, lines.length - page);
  if (scroll !== null) return Math.min(scroll, last);
  return focus < page ? 0 : Math.min(Math.max(0, focus - Math.floor(page / 3)), last);
}

/** The pane's title, and which of its lines are shown. */
function titleRule({ title, lines }: Pane, top: number, page: number, columns: number): string {
  const shown = lines.length <= page ? '' : ` [${top + 1}-${Math.min(top + page, lines.length)} of ${lines.length}]`;
  return rule(fit(title, Math.max(1, columns - shown.length - 4)) + shown, columns);
}

function blameLines(blame: Blame | null, columns: number, color: Colors): string[] {
  if (blame === null) return [];
  const lines = wrap(`${blame.what} after event ${blame.n}: ${blame.value}`, columns).map(color.bold);
  if (blame.changes.length === 0) return [...lines, 'no event changed it'];
  for (const [i, { numbered, returned, before, after }] of blame.changes.entries()) {
    const text = `event ${numbered.number}: ${eventText(numbered.event)} = ${returned}`;
    const head = wrap(text, columns - 4).map((line, j) => (j === 0 ? `  ${line}` : `    ${line}`));
    lines.push(...(i === 0 ? head.map(color.yellow) : head), `    ${before} -> ${after}`);
  }
  if (blame.more) lines.push('  and more before that');
  return [...lines, '', `enter: go to event ${blame.changes[0]!.numbered.number}`];
}

// -------------------------------------------------------- title and foot

function titleLine(state: State, source: Source, columns: number, color: Colors): string {
  const { log, lanes } = source;
  const lane = lanes.length > 1 ? `${lanes[state.lane]!.name} (${state.lane + 1}/${lanes.length})` : lanes[0]!.name;
  const right = ` event ${state.n}/${log.events.length}  ${lane} `;
  const name = log.header.title ?? log.file.replace(/^.*\//, '');
  const left = fit(` ${name}`, Math.max(0, columns - width(right)), true);
  return color.inverse(fit(left + right, columns, true));
}

const ASK: Readonly<Record<Prompt['kind'], string>> = {
  jump: 'to the moment after event: ',
  run: 'run to: ',
  blame: 'who wrote: ',
};

const HINTS = [
  '? help',
  'q quit',
  'space on',
  'b back',
  '/ run to',
  ': jump',
  '] parting',
  'tab lane',
  'd diff',
  'w who wrote',
];

function footer(
  { prompt, task, message, typed }: State,
  source: Source,
  columns: number,
  color: Colors,
): { readonly line: string; readonly column: number | null } {
  if (prompt !== null) {
    const ask = prompt.kind === 'run' && prompt.direction === 'backward' ? 'run back to: ' : ASK[prompt.kind];
    const wrong = message === null ? '' : `${fit(message.text, Math.max(0, columns - 24))}; `;
    const before = typed[prompt.kind];
    const hint = prompt.text === '' && before !== '' ? color.dim(`(enter: ${before})`) : '';
    // the end of what is typed has to be seen
    const room = Math.max(1, columns - width(wrong) - ask.length - 1);
    const text = prompt.text.length > room ? prompt.text.slice(-room) : prompt.text;
    const head = `${wrong}${ask}${text}`;
    return {
      line: (wrong === '' ? ask : color.red(wrong) + ask) + text + hint,
      column: Math.min(width(head), columns - 1),
    };
  }
  if (task !== null) {
    return {
      line: `${task.what}: at event ${task.reached} of ${source.log.events.length} (escape gives up)`,
      column: null,
    };
  }
  if (message !== null) return { line: message.bad ? color.red(message.text) : message.text, column: null };
  let line = '';
  for (const hint of HINTS) {
    if (source.lanes.length < 2 && /parting|lane/.test(hint)) continue;
    if (width(line) + hint.length + 2 > columns) break;
    line += `${line === '' ? '' : '  '}${hint}`;
  }
  return { line: color.dim(padEnd(line, 0)), column: null };
}
