// SPDX-License-Identifier: GPL-2.0-or-later
/** What helps to write a log: its words, and what a line did. */
import { EVENT_MEMBERS, EVENT_TYPES, EVENT_WORDS, MAP_FLAGS, MREMAP_FLAGS, VM_FLAGS } from '@specialbit/events';
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
    values: EVENT_WORDS,
    files: Object.keys(log.header.files ?? {}),
    lanes: choices().architectures.map(({ name }) => name),
    flags: [...Object.keys(VM_FLAGS), ...Object.keys(MAP_FLAGS), ...Object.keys(MREMAP_FLAGS)],
    labels: [...new Set(labels)],
    frames: framesOf(lanes[0]),
  };
}

/** Frames within a block that are named: the others are counted on. */
const WITHIN = 8;

/** Labelled frames, and of a block `C0`, `C0+1` and so on. */
function framesOf(lane: Session['lanes'][number] | undefined): string[] {
  const { frames = {}, blocks = {} } = lane?.timeline.options.machine.spec ?? {};
  return Object.keys(frames).flatMap((label) => {
    const pages = Object.hasOwn(blocks, label) ? 2 ** blocks[label]!.order : 1;
    return [label, ...Array.from({ length: Math.min(pages, WITHIN) - 1 }, (_, i) => `${label}+${i + 1}`)];
  });
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
