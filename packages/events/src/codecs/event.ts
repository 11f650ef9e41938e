// SPDX-License-Identifier: GPL-2.0-or-later
import type * as t from 'io-ts';
import { describe } from '../errors/describe.js';
import { LogError, type Where } from '../errors/log-error.js';
import { suggestion } from '../errors/nearest.js';
import type { LogEvent } from '../types.js';
import { driverEvents } from './driver.js';
import type { EventCodecs } from './event-codec.js';
import { expectEvents } from './expect.js';
import { type Failure, firstFailure, type JsonObject, pathOf } from './failure.js';
import { mappingEvents } from './mapping.js';
import { pageEvents } from './pages.js';
import { isObject } from './primitives.js';
import { processEvents } from './process.js';
import { RecordType } from './record.js';
import { thpEvents } from './thp.js';
import { threadEvents } from './thread.js';
import { wordsOf } from './words.js';

/** From the `type` of an event in JSON to its codec; `read`, `write` and `exec` are shorthands for `access`. */
export const EVENT_CODECS: EventCodecs = new Map([
  ...mappingEvents,
  ...processEvents,
  ...driverEvents,
  ...pageEvents,
  ...thpEvents,
  ...expectEvents,
  ...threadEvents,
]);

const NOWHERE: Where = { file: '<event>', line: 0 };

/** Validation on the good path needs no context, so that all events share this one. */
const rootContext = (codec: t.Mixed): t.Context => [{ key: '', type: codec, actual: undefined }];
const roots = new Map([...EVENT_CODECS].map(([tag, codec]) => [tag, rootContext(codec)]));

/** The types of events, as a log writes them. */
export const EVENT_TYPES: readonly string[] = [...EVENT_CODECS.keys()];

/** The members that the events of each type can have, beside `type`. */
export const EVENT_MEMBERS: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  [...EVENT_CODECS].map(([tag, codec]) => [
    tag,
    codec instanceof RecordType ? codec.told.rows.map(({ key }) => key) : [],
  ]),
);

/** Of members whose values are one of a few words: the words, by the event's type and the member. */
export const EVENT_WORDS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = Object.fromEntries(
  [...EVENT_CODECS].map(([tag, codec]) => [
    tag,
    codec instanceof RecordType
      ? Object.fromEntries(
          codec.told.rows.flatMap((row) => {
            const words = wordsOf(row.codec);
            return words.length === 0 ? [] : [[row.key, words]];
          }),
        )
      : {},
  ]),
);

/** The canonical event of one line's JSON. Throws a LogError that names `where`. */
export function decodeEvent(json: unknown, where: Where = NOWHERE): LogEvent {
  if (!isObject(json)) {
    throw new LogError({
      ...where,
      code: 'json-not-object',
      expected: 'an event, a JSON object',
      found: describe(json),
    });
  }
  const { type } = json;
  const codec = typeof type === 'string' ? EVENT_CODECS.get(type) : undefined;
  if (codec === undefined) throw badType(json, where);
  const result = codec.validate(json, roots.get(type as string)!);
  if (result._tag === 'Right') return result.right as LogEvent;
  throw failureError(firstFailure(result.left), where);
}

/** The JSON of a canonical event: fields that have their default are left out. */
export function encodeEvent(event: LogEvent): JsonObject {
  return EVENT_CODECS.get(event.type)!.encode(event) as JsonObject;
}

export function failureError(failure: Failure, where: Where): LogError {
  const { code, expected, found, context } = failure;
  return new LogError({ ...where, code, path: pathOf(context), expected, found });
}

function badType(json: Readonly<Record<string, unknown>>, where: Where): LogError {
  const { type } = json;
  if (Object.hasOwn(json, 'specialbit')) {
    const expected = 'an event (a log has one header, on its first line)';
    return new LogError({ ...where, code: 'header-repeated', expected, found: 'a header' });
  }
  const code = type === undefined ? 'type-missing' : 'type-unknown';
  const near = typeof type === 'string' ? suggestion(type, EVENT_CODECS.keys()) : '';
  const expected = `the type of an event${near}`;
  return new LogError({ ...where, code, path: 'type', expected, found: describe(type) });
}
