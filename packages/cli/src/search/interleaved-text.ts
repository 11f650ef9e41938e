// SPDX-License-Identifier: GPL-2.0-or-later
/** Ends and orders, one column a thread. */
import { kernelOptions, type NamedLane } from '@specialbit/core';
import { type Kernel, openWorld } from '@specialbit/core/kernel';
import type { End, Interleaved, ScheduledStep } from '@specialbit/search';
import { count, eventText, MAIL_WIDTH, padEnd, returnText, worldLines, worldView, wrap } from '@specialbit/view';
import type { Terminal } from '../terminal.js';
import { several } from './found-log.js';

/** In front of a step: the number of its event. */
const NUMBER = 5;

export function interleavedLines(
  lane: NamedLane,
  found: Interleaved,
  { state, goal }: { readonly state: boolean; readonly goal: string | undefined },
  terminal: Pick<Terminal, 'color'>,
): string[] {
  const { color } = terminal;
  const { ends, threads, orders, runs, steps, cut } = found;
  const names = threads.map(({ name, steps: all }) => `${name} (${several(all, 'step')})`).join(', ');
  const lines = wrap(`${lane.name}: ${names}`);
  for (const [i, end] of ends.entries()) {
    lines.push('', ...endLines(lane, i + 1, end, found, terminal));
    if (state) lines.push('', ...stateLines(lane, end, terminal).map((line) => (line === '' ? '' : `  ${line}`)));
  }
  const broken = ends.filter((end) => end.broken.length > 0).length;
  const extent = `${count(runs)} of ${count(orders)} orders run, ${count(steps)} steps`;
  const sought = goal === undefined ? 'nothing breaks in any' : `${goal} was reached in none`;
  const what =
    broken === 0
      ? sought
      : `${broken} of them ${goal === undefined ? 'broken' : `${broken === 1 ? 'reaches' : 'reach'} ${goal}`}`;
  lines.push(
    '',
    ...wrap(`${several(ends.length, 'end')}, ${what} (${extent})`).map(broken > 0 ? color.red : color.green),
  );
  if (cut) lines.push(...wrap('the limit of orders was reached: there may be other ends (--limit)').map(color.red));
  return lines;
}

function endLines(
  lane: NamedLane,
  number: number,
  { world, schedule, serial, broken, atEnd, waiting }: End,
  { threads }: Interleaved,
  { color }: Pick<Terminal, 'color'>,
): string[] {
  const how = serial ? 'calls one after the other' : 'only while a call runs';
  const head = `end ${number}: ${how}${broken.length > 0 ? '; broken' : ''}`;
  const columns = threads.map(({ name }) => name);
  const each = Math.floor((MAIL_WIDTH - NUMBER) / columns.length);
  // for the names of frames, and the digits of addresses
  const k = openWorld(kernelOptions(lane.options), world);
  const lines = [
    color.bold(head),
    color.dim(`${' '.repeat(NUMBER)}${columns.map((name) => padEnd(name, each)).join('')}`.trimEnd()),
  ];
  for (const step of schedule) lines.push(...stepLines(k, step, columns, each, color));
  for (const what of atEnd) lines.push(...wrap(`! ${what}`, MAIL_WIDTH, ' '.repeat(NUMBER)).map(color.red));
  for (const { thread, number: of, event } of waiting) {
    lines.push(...wrap(`${thread} cannot go on: event ${of}, ${eventText(event)}`, MAIL_WIDTH, '  ').map(color.red));
  }
  return lines;
}

function stepLines(
  k: Kernel,
  { thread, number, event, outcome, broken, part }: ScheduledStep,
  columns: readonly string[],
  each: number,
  color: Terminal['color'],
): string[] {
  const returned = returnText(k, event, outcome);
  const within = part === 'call' || part === 'fault' || part === 'populate' ? '. ' : '';
  const said = part === 'look' ? ' finds no entry' : returned === '0' ? '' : ` = ${returned}`;
  const text = `${within}${eventText(event)}${said}`;
  const column = columns.indexOf(thread);
  // who is alone has all the room
  const [left, room] = column < 0 ? [0, MAIL_WIDTH - NUMBER] : [column * each, each - 1];
  const lines = wrap(text, room).map(
    (line, i) => `${i === 0 ? String(number).padStart(NUMBER - 1) : ' '.repeat(NUMBER - 1)} ${' '.repeat(left)}${line}`,
  );
  for (const what of broken) lines.push(...wrap(`! ${what}`, MAIL_WIDTH, ' '.repeat(NUMBER)).map(color.red));
  return lines;
}

function stateLines(lane: NamedLane, { world, schedule }: End, terminal: Pick<Terminal, 'color'>): string[] {
  const k = openWorld(kernelOptions(lane.options), world);
  // the lane stands above
  return worldLines(worldView(k, schedule.length), terminal).slice(2);
}
