// SPDX-License-Identifier: GPL-2.0-or-later
/** What a sweep found, to be read, and as JSON. */
import { decodeEvent, encodeEvent } from '@specialbit/events';
import { isWitness, RUN_LANES, Sweeper, type SweepState, type Witness } from '@specialbit/search';
import { count, eventText, wrap } from '@specialbit/view';
import { several } from '../search/found-log.js';
import type { Terminal } from '../terminal.js';
import { sweptLanes } from './swept-lanes.js';

/** What is worth a log on the screen; of the rest the names are enough. */
const SHOWN = /^(?!way |reason |signal )/;
const FAMILIES = { way: ' through kernel functions', reason: ' of failures', signal: '' } as const;

const eventsOf = ({ log }: Witness): ReturnType<typeof decodeEvent>[] =>
  log.split('\n').map((line) => decodeEvent(JSON.parse(line)));

export function sweepLines(
  state: SweepState,
  rounds: number,
  witnesses: readonly Witness[],
  { color }: Pick<Terminal, 'color'>,
): string[] {
  const { settings } = state;
  const lanes = sweptLanes(settings);
  const { groups } = new Sweeper(lanes, settings);
  const named = lanes.length > 8 ? several(lanes.length, 'lane') : settings.lanes.join(', ');
  const each =
    groups.length > RUN_LANES
      ? `${groups.length} groups of lanes answer alike, each run takes lanes of ${RUN_LANES} of them`
      : groups.length < lanes.length
        ? `each run takes a lane of each of ${several(groups.length, 'group')} that answer alike`
        : 'each run takes all of them';
  const lines = wrap(
    `random logs of up to ${several(settings.length, 'event')} on ${named} (${each}), seed ${settings.seed}`,
  );
  for (const witness of witnesses.filter(({ name }) => SHOWN.test(name))) {
    const events = eventsOf(witness);
    lines.push('');
    const unproved = witness.minimal ? '' : ', not made small';
    lines.push(
      ...wrap(`${witness.name}: in ${several(events.length, 'event')} on ${witness.lanes.join(', ')}${unproved}`).map(
        color.bold,
      ),
    );
    for (const event of events) lines.push(...wrap(eventText(event), undefined, '  '));
  }
  for (const [family, of] of Object.entries(FAMILIES)) {
    const names = witnesses.filter(({ name }) => name.startsWith(`${family} `)).map(({ name }) => name);
    if (names.length === 0) continue;
    lines.push('', color.bold(`${several(names.length, family)}${of}`));
    lines.push(...wrap(names.map((name) => name.slice(family.length + 1)).join('; '), undefined, '  ').map(color.dim));
  }
  const covered = state.corpus.sorted().filter(({ key }) => !isWitness(key)).length;
  const extent = `${several(state.runs, 'run')} in ${several(rounds, 'round')}, ${several(state.events, 'event')} played`;
  lines.push(
    '',
    ...wrap(
      `${count(witnesses.length)} ${witnesses.length === 1 ? 'witness' : 'witnesses'}; ${count(covered)} covered (${extent})`,
    ).map(color.green),
  );
  return lines;
}

export function sweepJson(state: SweepState, rounds: number, witnesses: readonly Witness[]): object {
  const { settings, runs, events } = state;
  const covered = state.corpus.sorted().filter(({ key }) => !isWitness(key)).length;
  return {
    ...{ settings, rounds, runs, missing: state.missing(rounds), events, covered },
    witnesses: witnesses.map(({ log, ...witness }) => ({
      ...witness,
      events: eventsOf({ ...witness, log }).map((event) => encodeEvent(event)),
    })),
  };
}
