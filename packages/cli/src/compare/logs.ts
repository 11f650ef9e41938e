// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit compare A.jsonl B.jsonl`: two logs on one lane, such as two versions of a driver. */
import { compareLogs, kernelOptions, type LaneOptions, type LogComparison, type LogDivergence } from '@specialbit/core';
import { openWorld } from '@specialbit/core/kernel';
import { encodeEvent } from '@specialbit/events';
import {
  eventText,
  foldRuns,
  type LoadedLog,
  laneName,
  MAIL_WIDTH,
  sideBySideLines,
  table,
  type WorldView,
  width,
  worldView,
  wrap,
} from '@specialbit/view';
import { EXIT, UsageError } from '../failure.js';
import { lanesOf } from '../log/lane.js';
import type { Terminal } from '../terminal.js';
import { loadLog } from '../time/loaded-log.js';
import { type AlignedPair, align } from './align.js';

export interface CompareLogsOptions {
  readonly arch?: string[];
  readonly kernel?: string[];
  readonly full?: boolean;
  readonly state?: boolean;
  readonly exitZero?: boolean;
  readonly json?: boolean;
}

/** Lines of the states at the end, and things that differ after one event. */
const STATE = 20;
const ROWS = 8;
/** Events that are told of. */
const TOLD = 12;

/** Resolves to the exit code: 1 when the logs part. Throws UsageError, InputError, LogError. */
export async function compareTwoLogs(
  files: readonly [string, string],
  options: CompareLogsOptions,
  terminal: Terminal,
): Promise<number> {
  const logs = [await loadLog(files[0], terminal), await loadLog(files[1], terminal)] as const;
  const lanes = lanesOf(logs[0].file, logs[0].header, options.arch, ['x86_64'], options.kernel);
  const [lane] = lanes;
  if (lane === undefined || lanes.length > 1) {
    throw new UsageError(
      'usage.architecture',
      `two logs are compared on one lane, and there are ${lanes.length}: --lane x86_64`,
    );
  }
  sameMachine(logs, lane, options);
  const pairs = align(logs[0].events, logs[1].events);
  const names = namesOf(files);
  const result = compareLogs({ name: laneName(lane), options: lane }, names, pairs);
  const views = result.worlds.map((world, l) => ({
    ...worldView(openWorld(kernelOptions(lane), world), logs[l]!.events.length),
    lane: names[l]!,
  }));
  if (options.json === true) await terminal.out(`${JSON.stringify(jsonOf(result, pairs, names, lane), null, 2)}\n`);
  else await terminal.out(`${textOf(result, pairs, names, lane, views, options, terminal).join('\n').trimEnd()}\n`);
  return result.divergences.length > 0 && options.exitZero !== true ? EXIT.finding : EXIT.fine;
}

/** The lane is the first log's; the other may not say otherwise. */
function sameMachine(
  logs: readonly [LoadedLog, LoadedLog],
  lane: LaneOptions,
  { arch, kernel }: CompareLogsOptions,
): void {
  const [other] = lanesOf(logs[1].file, logs[1].header, arch ?? [lane.arch.name], [], kernel);
  const what = (one: LaneOptions): string => JSON.stringify([one.machine, one.files, one.profile?.name]);
  if (other === undefined || what(other) === what(lane)) return;
  throw new UsageError(
    'usage.architecture',
    `${logs[0].file} and ${logs[1].file} name different machines, files or kernels in their headers: what differs would not be the events alone`,
  );
}

/** Files by their last names where these differ. */
function namesOf([a, b]: readonly [string, string]): readonly [string, string] {
  const short = (file: string): string => file.split('/').at(-1)!;
  if (short(a) !== short(b)) return [short(a), short(b)];
  return a === b ? ['left', 'right'] : [a, b];
}

/** `event 3`, or `event 3 (event 4 in b.jsonl)`. */
function numberOf({ leftNumber, rightNumber }: AlignedPair, [a, b]: readonly [string, string]): string {
  if (leftNumber === null) return `event ${rightNumber} of ${b}`;
  if (rightNumber === null) return `event ${leftNumber} of ${a}`;
  return leftNumber === rightNumber ? `event ${leftNumber}` : `event ${leftNumber} (${rightNumber} in ${b})`;
}

function jsonOf(
  { changes, divergences }: LogComparison,
  pairs: readonly AlignedPair[],
  names: readonly [string, string],
  lane: LaneOptions,
): object {
  const at = ({ left, right, leftNumber, rightNumber }: AlignedPair): object => ({
    left: left === null ? null : { number: leftNumber, event: encodeEvent(left) },
    right: right === null ? null : { number: rightNumber, event: encodeEvent(right) },
  });
  return {
    logs: names,
    lane: laneName(lane),
    changes: changes.map(({ from, to }) => pairs.slice(from, to).map(at)),
    parted: divergences.length > 0,
    divergences: divergences.map(({ index, ...rest }) => ({ at: at(pairs[index]!), ...rest })),
  };
}

function textOf(
  { changes, divergences }: LogComparison,
  pairs: readonly AlignedPair[],
  names: readonly [string, string],
  lane: LaneOptions,
  views: readonly WorldView[],
  { full, state }: CompareLogsOptions,
  { color, ...painted }: Terminal,
): string[] {
  const lines = [...wrap(`${names.join(' and ')} on ${laneName(lane)}`), ''];
  const [first] = divergences;
  if (first === undefined) {
    const what =
      changes.length === 0 ? 'the logs have the same events' : 'the logs have different events, and nothing differs';
    return [
      ...lines,
      ...wrap(what).map(color.green),
      '',
      ...changes.flatMap((_, i) => changeLines(i, changes, pairs, color)),
    ];
  }
  lines.push(
    ...wrap(`the logs first part at ${numberOf(pairs[first.index]!, names)}: ${first.headline}`).map(color.red),
    '',
  );
  const most = full === true ? Number.POSITIVE_INFINITY : TOLD;
  const groups = new Map<string, LogDivergence[]>();
  for (const d of divergences) groups.set(d.changes.join(), [...(groups.get(d.changes.join()) ?? []), d]);
  for (const group of groups.values()) {
    const { changes: by } = group[0]!;
    for (const i of by) lines.push(...changeLines(i, changes, pairs, color));
    lines.push(...wrap(proofOf(by, names), MAIL_WIDTH, '  '));
    for (const d of group.slice(0, most)) {
      const pair = pairs[d.index]!;
      lines.push(
        ...wrap(
          `${numberOf(pair, names)}, ${eventText((pair.left ?? pair.right)!)}: ${d.headline}`,
          MAIL_WIDTH,
          '    ',
        ),
      );
      if (d === group[0]) lines.push(...partLines(d, names));
    }
    if (group.length > most) lines.push(`    and ${group.length - most} more events (--full shows all)`);
    lines.push('');
  }
  if (state === false) return lines;
  const room = full === true ? Number.POSITIVE_INFINITY : STATE;
  return [...lines, ...sideBySideLines(views, room, { color, ...painted })];
}

function changeLines(
  i: number,
  changes: LogComparison['changes'],
  pairs: readonly AlignedPair[],
  color: Terminal['color'],
): string[] {
  const { from, to } = changes[i]!;
  return pairs
    .slice(from, to)
    .flatMap(({ left, right, leftNumber, rightNumber }) => [
      ...(left === null ? [] : wrap(`- ${leftNumber}  ${eventText(left)}`).map(color.red)),
      ...(right === null ? [] : wrap(`+ ${rightNumber}  ${eventText(right)}`).map(color.green)),
    ]);
}

function proofOf(by: readonly number[], [a, b]: readonly [string, string]): string {
  if (by.length === 0) return 'no change was found that makes this go when it is undone:';
  return `proved: with the events of ${b} in the place of those of ${a} ${by.length === 1 ? 'there' : 'in all of these'}, this goes:`;
}

function partLines({ parts }: LogDivergence, names: readonly [string, string]): string[] {
  const rows = foldRuns(
    parts
      .filter(({ aspect }) => aspect !== 'reason')
      .map(({ what, aspect, values }) => ({
        name: what === 'outcome' ? aspect : `${what} ${aspect}`,
        cells: values.map((value) => value ?? '-'),
      })),
  );
  const shown = rows.slice(0, ROWS).map(({ name, cells }) => [name, ...cells]);
  const beside = table([['', ...names], ...shown], { indent: 6 });
  const lines = beside.every((line) => width(line) <= MAIL_WIDTH)
    ? beside
    : shown.flatMap(([name, ...cells]) => [
        ...wrap(name!, MAIL_WIDTH, '      '),
        ...table(
          cells.map((cell, l) => [names[l]!, cell]),
          { indent: 8, wrapLast: true },
        ),
      ]);
  return rows.length > ROWS ? [...lines, `      and ${rows.length - ROWS} more`] : lines;
}
