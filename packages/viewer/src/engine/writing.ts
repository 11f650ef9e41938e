// SPDX-License-Identifier: GPL-2.0-or-later
/** What helps to write a log: its words, and what a line did. */
import { EVENT_TYPES, MAP_FLAGS, MREMAP_FLAGS, VM_FLAGS } from '@specialbit/events';
import { diffSummary, lastChange, outcomeNotes, returnText, whyLines } from '@specialbit/view';
import type { Words } from '../protocol.js';
import type { Session } from './session.js';

export function wordsOf({ log, lanes }: Session): Words {
  const labels = log.events.flatMap(({ event }) =>
    'label' in event && event.label !== undefined ? [event.label] : [],
  );
  return {
    types: EVENT_TYPES,
    flags: [...Object.keys(VM_FLAGS), ...Object.keys(MAP_FLAGS), ...Object.keys(MREMAP_FLAGS)],
    labels: [...new Set(labels)],
    frames: Object.keys(lanes[0]?.timeline.options.machine.spec.frames ?? {}),
  };
}

/** Changes that are named in a summary. */
const NAMED = 100;

export function didAt({ log, lanes }: Session, line: number): string[] {
  const numbered = log.events.find((event) => event.line === line);
  if (numbered === undefined || numbered.event.type === 'expect') return [];
  return lanes.slice(0, 8).flatMap((lane) => {
    const moment = lane.at(numbered.number);
    const { kernel, outcome, lost } = moment;
    if (outcome === null) return [`${lane.name}: ${lost?.message ?? 'left out'}`];
    const changed = diffSummary(lastChange(lane, moment, NAMED));
    const head = `${lane.name} = ${returnText(kernel, numbered.event, outcome)}`;
    return [
      changed === undefined ? head : `${head}; ${changed} changed`,
      ...outcomeNotes(kernel, outcome).map((note) => `  ${note}`),
      ...whyLines(kernel, outcome).map((why) => `  ${why}`),
    ];
  });
}
