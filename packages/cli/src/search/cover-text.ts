// SPDX-License-Identifier: GPL-2.0-or-later
/** The ways that a search went, a shortest log for each, and those it did not. */
import type { NamedLane } from '@specialbit/core';
import { everyWay, type Finding, type Found } from '@specialbit/search';
import { count, eventText, wrap } from '@specialbit/view';
import type { Terminal } from '../terminal.js';
import { several } from './found-log.js';

export function coverLines(
  lanes: readonly NamedLane[],
  letters: number,
  { findings, depth, distinct, generated, stopped }: Found,
  { color }: Pick<Terminal, 'color'>,
): string[] {
  const lines = wrap(
    `every way on ${lanes.map(({ name }) => name).join(', ')}: ${several(letters, 'event')} to choose from`,
  );
  for (const [name, ways] of byFunction(findings)) {
    lines.push('', color.bold(name));
    for (const { way, events } of ways) {
      lines.push(...wrap(`${way}, in ${several(events.length, 'event')}`, undefined, '  '));
      for (const event of events) lines.push(...wrap(eventText(event), undefined, '      ').map(color.dim));
    }
  }
  const extent = `${count(distinct)} states, ${count(generated)} events played`;
  const upTo = `up to ${several(depth, 'event')}`;
  lines.push('', ...wrap(`${several(findings.length, 'way')} in logs of ${upTo} (${extent})`).map(color.green));
  if (stopped === 'states') lines.push(...wrap('the limit of states was reached (--states)').map(color.red));
  lines.push(...wrap(`unreachable with these events and frames, in logs of ${upTo}:`));
  const unreached = unreachedWays(findings).map((kind) => ({ kind, events: [] }));
  for (const [name, ways] of byFunction(unreached)) {
    lines.push(...wrap(`${name}: ${ways.map(({ way }) => way).join(', ')}`, undefined, '  ').map(color.dim));
  }
  return lines;
}

/** Ways that there are, and no log of the findings goes. */
export function unreachedWays(findings: readonly Finding[]): readonly string[] {
  const met = new Set(findings.map(({ kind }) => kind));
  return everyWay().filter((way) => !met.has(way));
}

/** `vm_normal_page: null_zero` is a way through the function before the colon. */
function byFunction(findings: readonly Finding[]): Map<string, { way: string; events: Finding['events'] }[]> {
  const found = new Map<string, { way: string; events: Finding['events'] }[]>();
  for (const { kind, events } of findings) {
    const [name, way] = kind.split(': ', 2) as [string, string];
    const of = found.get(name) ?? [];
    of.push({ way, events });
    found.set(name, of);
  }
  return found;
}
