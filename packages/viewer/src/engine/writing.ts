// SPDX-License-Identifier: GPL-2.0-or-later
/** What helps to write a log: its words, and what a line did. */
import { EVENT_MEMBERS, EVENT_TYPES, MAP_FLAGS, MREMAP_FLAGS, VM_FLAGS } from '@specialbit/events';
import {
  diffSummary,
  judgementAt,
  judgementTexts,
  judgementWord,
  lastChange,
  type NumberedEvent,
  outcomeNotes,
  returnText,
  whyLines,
} from '@specialbit/view';
import type { Words } from '../protocol.js';
import { choices } from './choices.js';
import { eventsBefore } from './events-of.js';
import type { Session } from './session.js';

export function wordsOf({ log, lanes }: Session, text: string): Words {
  // of lines that cannot be read as well: one of them is being written
  const labels = [...text.matchAll(/"label"\s*:\s*"([^"\\]+)"/g)].map(([, label]) => label!);
  return {
    types: EVENT_TYPES,
    members: EVENT_MEMBERS,
    files: Object.keys(log.header.files ?? {}),
    lanes: choices().architectures.map(({ name }) => name),
    flags: [...Object.keys(VM_FLAGS), ...Object.keys(MAP_FLAGS), ...Object.keys(MREMAP_FLAGS)],
    labels: [...new Set(labels)],
    frames: Object.keys(lanes[0]?.timeline.options.machine.spec.frames ?? {}),
  };
}

/** Changes that are named in a summary. */
const NAMED = 100;

export function didAt({ log, lanes }: Session, line: number): string[] {
  const numbered = log.events.at(eventsBefore(log.events, line).length);
  if (numbered?.line !== line) return [];
  const judgement = judgementAt(lanes, numbered.number);
  if (judgement !== undefined) return [judgementWord(judgement), ...judgementTexts(judgement)];
  // lanes of which the same is to be said are named together
  const said = new Map<string, string[]>();
  for (const lane of lanes) {
    const text = didIn(lane, numbered).join('\n');
    said.set(text, [...(said.get(text) ?? []), lane.name]);
  }
  return [...said].map(([text, names]) => `${namesText(names)}${text}`);
}

function didIn(lane: Session['lanes'][number], { number, event }: NumberedEvent): string[] {
  const moment = lane.at(number);
  const { kernel, outcome, lost } = moment;
  if (outcome === null) return [`: ${lost?.message ?? 'left out'}`];
  const changed = diffSummary(lastChange(lane, moment, NAMED));
  const head = ` = ${returnText(kernel, event, outcome)}`;
  return [
    changed === undefined ? head : `${head}; ${changed} changed`,
    ...outcomeNotes(kernel, outcome).map((note) => `  ${note}`),
    ...whyLines(kernel, outcome).map((why) => `  ${why}`),
  ];
}

const namesText = (names: readonly string[]): string =>
  names.length <= 4 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
