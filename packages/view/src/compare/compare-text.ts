// SPDX-License-Identifier: GPL-2.0-or-later
/** A comparison as text: the verdict, the causes, the states side by side. */
import type { Comparison } from '@specialbit/core';
import { type Expectations, judgementLines } from '../expect/expectations.js';
import type { WorldView } from '../show/world-view.js';
import type { Painted } from '../text/colors.js';
import { wrap } from '../text/table.js';
import { divergenceLines, proofLine, SHOW_ALL } from './divergence-text.js';
import { sideBySideLines } from './side-by-side.js';

/** How much is shown; without any, about a screen. */
export interface ComparedText {
  /** Causes. */
  readonly max?: number;
  /** Everything. */
  readonly full?: boolean;
  /** False: not the states. */
  readonly state?: boolean;
  /** Differences of young and dirty were counted as well. */
  readonly strict?: boolean;
}

/** Lines that a comparison takes by default, about a screen. */
const SCREEN = 50;
/** Of these, lines that the causes leave for the states, at least. */
const STATE = 16;

/** What matters first: the verdict, then the causes, then the states. */
export function compareLines(
  title: string | undefined,
  comparison: Comparison,
  expectations: Expectations,
  worlds: readonly WorldView[],
  { max, full, state, strict }: ComparedText,
  painted: Painted,
): string[] {
  const { color } = painted;
  const lines = titleLines(title, comparison, painted);
  const hint = !comparison.parted && comparison.minorCount > 0 && strict !== true ? ' (--strict counts them)' : '';
  lines.push(...wrap(comparison.verdict() + hint).map(comparison.parted ? color.red : color.green));
  if (comparison.parted) lines.push(...wrap(proofLine(comparison)));
  lines.push('', ...expectationLines(expectations, painted));
  const room = SCREEN - lines.length;
  const shown = {
    blocks: max ?? Number.POSITIVE_INFINITY,
    lines: max === undefined ? room - STATE : Number.POSITIVE_INFINITY,
    rows: ROWS,
  };
  const causes = divergenceLines(comparison, full === true ? SHOW_ALL : shown, painted);
  lines.push(...causes);
  if (state === false) return lines;
  const most = full === true ? Number.POSITIVE_INFINITY : Math.max(STATE, room - causes.length);
  return [...lines, ...sideBySideLines(worlds, most, painted)];
}

/** Things that differ in one block, and events that follow. */
const ROWS = 8;

/** What became of the log's expectations, with an empty line behind; nothing for a log without. */
function expectationLines(expectations: Expectations, { color }: Painted): string[] {
  const summary = expectations.summary();
  if (summary === undefined) return [];
  const failed = expectations.failed.flatMap(({ number, judgement }) => [
    `  event ${number} does not hold:`,
    ...judgementLines(judgement, '    '),
  ]);
  return [failed.length > 0 ? color.red(summary) : color.green(summary), ...failed, ''];
}

function titleLines(title: string | undefined, comparison: Comparison, { color }: Painted): string[] {
  const lines = title === undefined ? [] : wrap(title).map(color.bold);
  return [...lines, ...wrap(comparison.laneNames.join(' and ')), ''];
}
