// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit kernel bisect LOG --lane A,B`: the feature that parts two kernels on a log, with its commit and the proof. */
import {
  type Bisection,
  bisect,
  type Divergence,
  EventError,
  type ExchangedTrait,
  LogReferenceError,
} from '@specialbit/core';
import type { Feature } from '@specialbit/core/arch';
import { encodeEvent } from '@specialbit/events';
import { eventText, MAIL_WIDTH, namedLanes, numberRuns, referenceError, table, wrap } from '@specialbit/view';
import { EXIT, UsageError } from '../failure.js';
import { lanesOf } from '../log/lane.js';
import type { Terminal } from '../terminal.js';
import { loadLog } from '../time/loaded-log.js';

export interface BisectOptions {
  readonly lane: string[];
  readonly tries?: number;
  readonly json?: boolean;
}

export const BISECT_HELP = `
Plays the log on both, finds by exchanging features between them what makes
each difference go, and then the smallest set of features that, exchanged from
the start, leaves no difference at all.

Examples:
  specialbit kernel bisect examples/s12-zero-page.jsonl --lane arm@6.1,arm@6.12
  specialbit kernel bisect examples/s01-same-driver.jsonl \\
    --lane x86_64@6.12,x86_64@7.3

Exit codes: 0 the two agree on this log; 1 they part (whether the cause was
found or not: --json has "complete"); 2 wrong usage or unreadable input.`;

/** Resolves to the exit code. Throws UsageError, InputError, LogError. */
export async function bisectLog(file: string, options: BisectOptions, terminal: Terminal): Promise<number> {
  const log = await loadLog(file, terminal);
  const lanes = namedLanes(lanesOf(log.file, log.header, options.lane, []));
  const [left, right] = lanes;
  if (left === undefined || right === undefined || lanes.length > 2)
    throw new UsageError(
      'usage.architecture',
      `expected two lanes, found ${lanes.length}: --lane x86_64@6.12,x86_64@7.3`,
    );
  let result: Bisection;
  try {
    result = bisect(
      [left, right],
      log.events.map(({ event }) => event),
      options.tries,
    );
  } catch (error) {
    if (!(error instanceof EventError) || !(error.cause instanceof LogReferenceError)) throw error;
    throw referenceError(log.file, log.events[error.index]!, error.cause);
  }
  const names = lanes.map(({ name }) => name);
  if (options.json === true) {
    const divergences = result.divergences.map((d) => ({ ...d, event: encodeEvent(d.event) }));
    const json = { lanes: names, events: log.events.length, ...result, divergences };
    await terminal.out(`${JSON.stringify(json, null, 2)}\n`);
  } else {
    await terminal.out(`${linesOf(result, names, log.events.length, terminal).join('\n')}\n`);
  }
  return result.partings === 0 ? EXIT.fine : EXIT.finding;
}

function linesOf(result: Bisection, lanes: readonly string[], events: number, { color }: Terminal): string[] {
  const { partings, traits, complete, divergences } = result;
  const both = lanes.join(' and ');
  const over = events === 1 ? '1 event' : `${events} events`;
  if (partings === 0) return wrap(`${both} agree over ${over}`).map(color.green);
  const at = partings === 1 ? '1 event' : `${partings} events`;
  const lines = [...wrap(verdictOf(result, both)).map(color.bold), ''];
  for (const trait of traits) lines.push(...traitLines(trait, divergences, lanes), '');
  if (complete) {
    const given = traits.map(({ name, on }) => `${name} exchanged on ${on}`).join(' and ');
    lines.push(
      ...wrap(`Proved: they part at ${at} of ${over}, and with ${given} from the start at none.`).map(color.green),
    );
    return lines;
  }
  const rest = divergences.filter(({ proof }) => proof === 'not found' || proof === 'not tried');
  const numbers = numberRuns([...new Set(rest.map(({ number }) => number))]);
  lines.push(
    ...wrap(
      rest.length > 0
        ? `They part at ${at} of ${over}; no cause was found of what differs at ${numbers}.`
        : `They part at ${at} of ${over}; each difference goes with its cause exchanged, and with all of them from the start others come.`,
    ),
  );
  return lines;
}

function verdictOf({ traits, complete }: Bisection, both: string): string {
  if (traits.length === 0) return `nothing was found that parts ${both} on this log`;
  const what = traits.every(({ kind }) => kind === 'feature') ? 'feature' : 'thing';
  const names = traits.map(({ name }) => name).join(', ');
  const all = complete ? '' : ', and more that was not found';
  return traits.length === 1 && complete
    ? `one ${what} parts ${both} on this log: ${names}`
    : `${traits.length} ${what}s${complete ? ' together' : ''} part ${both} on this log: ${names}${all}`;
}

function traitLines(trait: ExchangedTrait, divergences: readonly Divergence[], lanes: readonly string[]): string[] {
  const by = divergences.filter(({ causes }) =>
    causes.some(({ traits }) => traits.some(({ name }) => name === trait.name)),
  );
  const feature = by.flatMap(({ features }) => features).find(({ name }) => name === trait.name);
  const lines = [trait.name];
  lines.push(
    ...table(
      trait.values.map((value, l) => [lanes[l]!, value]),
      { indent: 2, wrapLast: true },
    ),
  );
  if (feature !== undefined) lines.push(...originLines(feature));
  const acts = by.filter(({ proof }) => proof === 'proved');
  const [first] = acts;
  if (first !== undefined) {
    lines.push(
      ...wrap(`first at event ${first.number}, ${eventText(first.event)}: ${first.headline}`, MAIL_WIDTH, '  '),
    );
  }
  const numbers = (list: readonly Divergence[]): string => numberRuns([...new Set(list.map(({ number }) => number))]);
  if (acts.length > 1) lines.push(`  it parts them at ${numbers(acts)}`);
  const follows = by.filter(({ proof }) => proof === 'follows');
  if (follows.length > 0) lines.push(`  from that follows what differs at ${numbers(follows)}`);
  return lines;
}

function originLines({ since, until, backports = [] }: Feature): string[] {
  const origin = (what: string, { version, commit, subject }: Feature['since']): string =>
    commit === undefined ? `${what} ${version}: ${subject}` : `${what} ${version}, commit ${commit} ("${subject}")`;
  const lines = wrap(origin('since', since), MAIL_WIDTH, '  ');
  if (until !== undefined) lines.push(...wrap(origin('until', until), MAIL_WIDTH, '  '));
  if (backports.length > 0) lines.push(`  backported to ${backports.join(', ')}`);
  return lines;
}
