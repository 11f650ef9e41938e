// SPDX-License-Identifier: GPL-2.0-or-later
/** The events at which lanes part, as text. */
import type { Comparison, Divergence, Part } from '@specialbit/core';
import { eventText } from '../show/event-text.js';
import type { Painted } from '../text/colors.js';
import { MAIL_WIDTH, table, width, wrap } from '../text/table.js';

/** Things that differ after one event that are shown. */
const SHOWN = 12;

/** The first `max` partings that follow from nothing, each with those that follow from it. */
export function divergenceLines(comparison: Comparison, max: number, painted: Painted): string[] {
  const roots = comparison.divergences.flatMap((d, i) => (d.root === i && !d.minor ? [i] : []));
  const lines: string[] = [];
  for (const i of roots.slice(0, max)) {
    lines.push(...partingLines(comparison.divergences[i]!, comparison.laneNames, painted));
    const followers = comparison.divergences.filter((d, j) => d.root === i && j !== i && !d.minor);
    lines.push(...followerLines(followers), '');
  }
  if (roots.length > max) lines.push(`and ${roots.length - max} more partings that follow from nothing before`, '');
  return lines;
}

function partingLines(d: Divergence, lanes: readonly string[], { color }: Painted): string[] {
  const lines = [color.bold(`event ${d.number}: `) + eventText(d.event)].flatMap((line) => wrap(line));
  lines.push(...wrap(d.headline, MAIL_WIDTH, '  ').map(color.red));
  lines.push(...wrap(`why: ${d.cause}`, MAIL_WIDTH, '  '));
  const rows = d.parts.slice(0, SHOWN).map((part) => [`${part.what} ${part.aspect}`, ...shownValues(part)]);
  const beside = table([['', ...lanes], ...rows], { indent: 4 });
  lines.push(...(beside.some((line) => width(line) > MAIL_WIDTH) ? stacked(lanes, rows) : beside));
  if (d.parts.length > SHOWN) lines.push(`    and ${d.parts.length - SHOWN} more`);
  return lines;
}

/** Of flags only those that not every lane has. */
function shownValues({ aspect, values }: Part): string[] {
  if (aspect !== 'vm_flags') return values.map((value) => value ?? '-');
  const sets = values.map((value) => (value ?? '').split('|'));
  return sets.map((flags, i) => {
    const own = flags.filter((flag) => !sets.every((other) => other.includes(flag)));
    return values[i] === null || own.length === 0 ? '-' : own.join(' ');
  });
}

/** Lanes one below the other, where they do not fit side by side. */
function stacked(lanes: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return rows.flatMap(([name, ...values]) => [
    `    ${name}`,
    ...table(
      values.map((value, l) => [lanes[l]!, value]),
      { indent: 6, wrapLast: true },
    ),
  ]);
}

/** `from it follow: event 3, ...`. */
function followerLines(followers: readonly Divergence[]): string[] {
  if (followers.length === 0) return [];
  const lines = ['  from it follow'];
  for (const d of followers.slice(0, SHOWN)) {
    const [first, ...more] = wrap(`event ${d.number}: ${d.headline}`, MAIL_WIDTH - 4);
    lines.push(`    ${first}`, ...more.map((line) => `      ${line}`));
  }
  if (followers.length > SHOWN) lines.push(`    and ${followers.length - SHOWN} more`);
  return lines;
}
