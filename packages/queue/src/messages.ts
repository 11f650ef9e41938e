// SPDX-License-Identifier: GPL-2.0-or-later
/** What sweeps and workers write to each other through Redis, where anybody can write: checked before it is believed. */
import { SearchError } from '@specialbit/search';
import * as t from 'io-ts';
import type { Kept, QueuedTask, Work } from './names.js';

const texts = t.readonlyArray(t.string);
const natural = t.refinement(t.Int, (n) => n >= 0, 'a natural number');
const positive = t.refinement(t.Int, (n) => n > 0, 'a positive number');

const entry = t.type({ key: t.string, lanes: texts, log: t.string });
const witness = t.intersection([entry, t.type({ name: t.string, minimal: t.boolean })]);

const work: t.Decoder<unknown, Work> = t.type({
  settings: t.type({
    lanes: texts,
    seed: natural,
    runs: natural,
    job: positive,
    length: natural,
    pages: natural,
    mappings: natural,
    frames: texts,
    events: t.union([texts, t.null]),
    start: t.string,
  }),
  start: t.readonlyArray(entry),
});

const queued: t.Decoder<unknown, QueuedTask> = t.type({
  work: t.string,
  index: natural,
  task: t.union([
    t.type({ kind: t.literal('job'), round: natural, index: natural }),
    t.type({ kind: t.literal('shrink'), entries: t.readonlyArray(entry) }),
  ]),
});

const kept: t.Decoder<unknown, Kept> = t.union([
  t.type({
    result: t.union([
      t.type({
        kind: t.literal('job'),
        round: natural,
        index: natural,
        runs: natural,
        events: natural,
        entries: t.readonlyArray(entry),
      }),
      t.type({ kind: t.literal('shrink'), witnesses: t.readonlyArray(witness) }),
    ]),
  }),
  t.type({ failure: t.string }),
]);

/** Longer pieces of a message than this are not shown. */
const SHOWN = 60;

/** A work, as its text stands in Redis. Throws SearchError `search.queue`. */
export const workOf = (key: string, text: string): Work => checked(work, key, json(key, text));

/** A task, as it comes out of the queue. Throws SearchError `search.queue`. */
export const taskOf = (key: string, value: unknown): QueuedTask => checked(queued, key, value);

/** What a worker has left. Throws SearchError `search.queue`. */
export const keptOf = (key: string, text: string): Kept => checked(kept, key, json(key, text));

function json(key: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SearchError('search.queue', `${key}: expected JSON, found ${shortOf(text)}`);
  }
}

function checked<T>(codec: t.Decoder<unknown, T>, key: string, value: unknown): T {
  const decoded = codec.decode(value);
  if (decoded._tag === 'Right') return decoded.right;
  // of a union the member that came furthest says what is wrong
  const [first] = [...decoded.left].sort((a, b) => b.context.length - a.context.length);
  const path = (first?.context ?? []).flatMap(({ key: member, type }, i, all) => {
    const under = (all[i - 1]?.type as { readonly _tag?: string } | undefined)?._tag;
    return i === 0 || under === 'UnionType' || under === 'IntersectionType' || type === undefined ? [] : [member];
  });
  const where = path.length === 0 ? '' : `${path.join('.')}: `;
  const found = JSON.stringify(first?.value) ?? 'nothing';
  const expected = first?.context.at(-1)?.type.name ?? 'a message of a sweep';
  throw new SearchError('search.queue', `${key}: ${where}expected ${shortOf(expected)}, found ${shortOf(found)}`);
}

const shortOf = (text: string): string => (text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text || 'nothing');
