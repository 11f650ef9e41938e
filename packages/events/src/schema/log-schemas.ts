// SPDX-License-Identifier: GPL-2.0-or-later
/** The schemas of what a log is made of, made from the codecs that read it. */
import type * as t from 'io-ts';
import { callCodecs, driverCall } from '../codecs/driver.js';
import { EVENT_CODECS } from '../codecs/event.js';
import { mapFlags, prot, vmFlags } from '../codecs/flags.js';
import { logHeader } from '../codecs/header.js';
import { driverOps } from '../codecs/mapping.js';
import { callPlace, frame, place } from '../codecs/place.js';
import { address, natural, pfn, pgoff } from '../codecs/primitives.js';
import { RecordType } from '../codecs/record.js';
import { DIALECT, type JsonSchema, when } from './json-schema.js';
import { Definitions } from './schema-of.js';

const NAMED: ReadonlyMap<string, t.Mixed> = new Map<string, t.Mixed>([
  ['natural', natural],
  ['pfn', pfn],
  ['pgoff', pgoff],
  ['address', address],
  ['place', place],
  ['callPlace', callPlace],
  ['frame', frame],
  ['prot', prot],
  ['mapFlags', mapFlags],
  ['vmFlags', vmFlags],
  ['driverOps', driverOps],
  ['driverCall', driverCall],
]);

const EVENT = 'event';
const LINE = 'line';

/** The names of all that there are. */
export const LOG_SCHEMAS: readonly string[] = [
  LINE,
  'header',
  EVENT,
  'expectation',
  ...[...EVENT_CODECS.keys()].map((type) => `${EVENT}.${type}`),
];

/**
 * The schema called `line` (a header or an event), `header`, `event` (of any type), `expectation`, or `event.TYPE`;
 * undefined for any other name. Each stands alone: what it refers to is in its `$defs`.
 */
export function logSchema(name: string): JsonSchema | undefined {
  const defs = new LogDefinitions();
  const head = (title: string): JsonSchema => ({ $schema: DIALECT, $id: `urn:specialbit:schema:${name}`, title });
  const made = (title: string, schema: JsonSchema): JsonSchema => ({ ...head(title), ...schema, $defs: defs.defs });
  if (name === 'header')
    return made('The first line of a log', { ...defs.of(logHeader), title: 'The first line of a log' });
  if (name === LINE) {
    // by what tells them apart, so that what is wrong with one is not told as what is wrong with all
    const ifHeader: JsonSchema = { required: ['specialbit'] };
    return made('A line of a log', { type: 'object', ...when(ifHeader, defs.of(logHeader), defs.events()) });
  }
  if (name === EVENT) return made('An event of a log', defs.events());
  const type = name === 'expectation' ? 'expect' : name.startsWith(`${EVENT}.`) ? name.slice(EVENT.length + 1) : '';
  const codec = EVENT_CODECS.get(type);
  return codec === undefined ? undefined : made(`An event of type ${type}`, defs.of(codec));
}

class LogDefinitions extends Definitions {
  constructor() {
    super(NAMED);
    // by a function of its own: a call is one of many types
    this.special.set(driverCall, () => union(callCodecs, (codec) => this.record(codec as RecordType<object>, true)));
  }

  /** Any event, by its type. */
  events(): JsonSchema {
    return union(EVENT_CODECS, (codec, type) => {
      const name = `${EVENT}.${type}`;
      this.defs[name] ??= codec instanceof RecordType ? this.record(codec, false) : this.of(codec);
      return { $ref: `#/$defs/${name}` };
    });
  }
}

/** One of many types: the type must be known, and the rest is as that type has it. */
function union(
  codecs: ReadonlyMap<string, t.Mixed>,
  schemaOf: (codec: t.Mixed, type: string) => JsonSchema,
): JsonSchema {
  const types = [...codecs.keys()];
  return {
    type: 'object',
    properties: { type: { enum: types } },
    required: ['type'],
    allOf: [...codecs].map(([type, codec]) =>
      when({ properties: { type: { const: type } }, required: ['type'] }, schemaOf(codec, type)),
    ),
  };
}
