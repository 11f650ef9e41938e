// SPDX-License-Identifier: GPL-2.0-or-later
/** The events at which lanes part, as text: one block for each cause, what matters most first. */
import { type Comparison, type Divergence, tellingValues } from '@specialbit/core';
import { eventText } from '../show/event-text.js';
import type { Painted } from '../text/colors.js';
import { MAIL_WIDTH, padEnd, table, width, wrap } from '../text/table.js';
import { foldRuns, numberRuns } from './fold.js';

/** How much is shown. */
export interface Shown {
  /** Blocks of causes. */
  readonly blocks: number;
  /** Lines that blocks may take together; the first one is shown whatever it takes. */
  readonly lines: number;
  /** Things that differ in one block, and events that follow. */
  readonly rows: number;
}

/** Everything, for who asks for it. */
export const SHOW_ALL: Shown = {
  blocks: Number.POSITIVE_INFINITY,
  lines: Number.POSITIVE_INFINITY,
  rows: Number.POSITIVE_INFINITY,
};

/** One cause: where it acted first, and what else came of it. */
interface Block {
  readonly first: Divergence;
  readonly again: readonly Divergence[];
  readonly follows: readonly Divergence[];
}

/** Equal for those that say the same of another page, or of other counts. */
const likeness = ({ headline }: Divergence): string => headline.replace(/\d+/g, '#');

/** A kernel that dies comes before what a process, or a driver, is told, that before counts, and those before bits. */
const LEVELS: readonly (readonly string[])[] = [
  ['crash'],
  ['signal'],
  ['return'],
  ['message', 'process'],
  ['reference'],
  ['outcome', 'mapcount', 'rss', 'vma'],
];

const levelOf = ({ kind }: Divergence): number => {
  const level = LEVELS.findIndex((kinds) => kinds.includes(kind));
  return level < 0 ? LEVELS.length : level;
};

/** The blocks of a comparison: that with the gravest anywhere in it first, among equals that which begins with it. */
function blocksOf(comparison: Comparison): Block[] {
  const all = comparison.divergences.filter(({ minor }) => !minor);
  const byCause = new Map<Divergence | string, { first: Divergence; again: Divergence[]; follows: Divergence[] }>();
  for (const d of all) {
    // those without a cause are told apart by what is seen
    const unproved = d.proof === 'not tried' ? d.proof : `${d.cause} ${likeness(d)}`;
    const key = d.proof === 'proved' || d.proof === 'follows' ? comparison.divergences[d.root]! : unproved;
    const block = byCause.get(key);
    if (block === undefined) byCause.set(key, { first: d, again: [], follows: [] });
    else if (d.proof === 'follows') block.follows.push(d);
    else block.again.push(d);
  }
  const blocks = [...byCause.values()];
  const grave = ({ first, again, follows }: Block): number => Math.min(...[first, ...again, ...follows].map(levelOf));
  return blocks.sort(
    (a, b) => grave(a) - grave(b) || levelOf(a.first) - levelOf(b.first) || a.first.index - b.first.index,
  );
}

/** The causes for which lanes part, each with the events at which it acted and what follows from it. */
export function divergenceLines(comparison: Comparison, shown: Shown, painted: Painted): string[] {
  const blocks = blocksOf(comparison);
  const lines: string[] = [];
  let done = 0;
  for (const block of blocks.slice(0, shown.blocks)) {
    const more = blockLines(block, comparison.laneNames, shown.rows, painted);
    if (done > 0 && lines.length + more.length > shown.lines) break;
    lines.push(...more, '');
    done++;
  }
  const left = blocks.slice(done);
  if (left.length > 0) lines.push(...leftLines(left), '');
  return lines;
}

/** How it stands with causes, in one sentence: how many there are, and how they are known. */
export function proofLine(comparison: Comparison): string {
  const all = comparison.divergences.filter(({ minor }) => !minor);
  const count = (proof: Divergence['proof']): number => all.filter((d) => d.proof === proof).length;
  const events = `the lanes part at ${comparison.count === 1 ? '1 event' : `${comparison.count} events`}`;
  const told = [
    [count('proved'), 'proved'],
    [count('follows'), 'following from others'],
    [count('not found'), 'without a cause that was found'],
    [count('not tried'), 'not tried'],
  ] as const;
  const texts = told.filter(([n]) => n > 0).map(([n, text]) => `${n} ${text}`);
  return `${events}; causes: ${texts.join(', ')}`;
}

function leftLines(left: readonly Block[]): string[] {
  const causes = left.length === 1 ? '1 more cause' : `${left.length} more causes`;
  const numbers = left.map(({ first }) => first.number).sort((a, b) => a - b);
  const where = numberRuns([...new Set(numbers)]);
  return wrap(`and ${causes}, first at ${where.includes(',') ? 'events' : 'event'} ${where} (--full shows all)`);
}

function blockLines(
  { first, again, follows }: Block,
  lanes: readonly string[],
  most: number,
  painted: Painted,
): string[] {
  const { color } = painted;
  const lines = [color.bold(`event ${first.number}: `) + eventText(first.event)].flatMap((line) => wrap(line));
  lines.push(...wrap(first.headline, MAIL_WIDTH, '  ').map(color.red));
  lines.push(...reasonLines(first, lanes));
  lines.push(...wrap(`why: ${first.cause}`, MAIL_WIDTH, '  '));
  lines.push(...partLines(first, lanes, most));
  lines.push(...alikeLines(againTitle(first), again, most));
  lines.push(...alikeLines('from it follow', follows, most));
  return lines;
}

/** What was exchanged from the start may have acted at any event before. */
function againTitle({ causes, proof }: Divergence): string {
  if (proof === 'not found' || proof === 'not tried') return 'the same again';
  return causes.some(({ scope }) => scope === 'log') ? 'with the same exchanged go' : 'the same cause again';
}

/** Why some lanes fail. */
function reasonLines({ parts }: Divergence, lanes: readonly string[]): string[] {
  const reasons = parts.find(({ aspect }) => aspect === 'reason')?.values ?? [];
  const said = new Map<string, string[]>();
  for (const [l, reason] of reasons.entries()) {
    if (reason !== null && reason !== 'none') said.set(reason, [...(said.get(reason) ?? []), lanes[l]!]);
  }
  return [...said].flatMap(([reason, names]) => hanging(`${names.join(', ')}: ${reason}`, '  '));
}

function hanging(text: string, indent: string): string[] {
  return wrap(text, MAIL_WIDTH - indent.length - 2).map((line, i) => `${indent}${i === 0 ? '' : '  '}${line}`);
}

/** A line that is too long goes on below. */
function cut(line: string): string[] {
  return width(line) <= MAIL_WIDTH ? [line] : hanging(line.trim(), '      ');
}

function partLines(d: Divergence, lanes: readonly string[], most: number): string[] {
  const rows = foldRuns(
    d.parts
      .filter(({ aspect }) => aspect !== 'reason')
      .map((part) => ({
        name: part.what === 'outcome' ? part.aspect : `${part.what} ${part.aspect}`,
        cells: tellingValues(part).map((value) => value ?? '-'),
      })),
  ).map(({ name, cells }) => [name, ...cells]);
  const shown = rows.slice(0, most);
  const beside = table([['', ...lanes], ...shown], { indent: 4 });
  const lines = beside.some((line) => width(line) > MAIL_WIDTH) ? stacked(lanes, shown) : beside;
  if (rows.length > most) lines.push(`    and ${rows.length - most} more`);
  return lines;
}

/** Lanes one below the other, where they do not fit side by side; those of one value together. */
function stacked(lanes: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return rows.flatMap(([name, ...values]) => {
    const byValue = new Map<string, string[]>();
    for (const [l, value] of values.entries()) byValue.set(value, [...(byValue.get(value) ?? []), lanes[l]!]);
    const pad = Math.max(...[...byValue.values()].map((names) => names.join(', ').length));
    return [
      ...hanging(name!, '    '),
      ...[...byValue].map(([value, names]) => `      ${padEnd(names.join(', '), pad)}  ${value}`).flatMap(cut),
    ];
  });
}

/** `from it follow` and a line for each event; those that say the same together, the gravest first. */
function alikeLines(title: string, list: readonly Divergence[], most: number): string[] {
  if (list.length === 0) return [];
  const groups = new Map<string, Divergence[]>();
  for (const d of list) {
    const group = groups.get(likeness(d));
    if (group === undefined) groups.set(likeness(d), [d]);
    else group.push(d);
  }
  const sorted = [...groups.values()].sort((a, b) => levelOf(a[0]!) - levelOf(b[0]!) || a[0]!.index - b[0]!.index);
  const lines = [`  ${title}`];
  for (const group of sorted.slice(0, most)) {
    const numbers = [...new Set(group.map(({ number }) => number))];
    const where = `${numbers.length === 1 ? 'event' : 'events'} ${numberRuns(numbers)}`;
    lines.push(...hanging(`${where}: ${group[0]!.headline}`, '    '));
  }
  if (sorted.length > most) {
    const left = sorted.slice(most).reduce((sum, group) => sum + group.length, 0);
    lines.push(`    and ${left} more`);
  }
  return lines;
}
