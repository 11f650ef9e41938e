// SPDX-License-Identifier: GPL-2.0-or-later
/** Every schema by name: of logs from the codecs that read them, of transcripts, and of what commands print. */
import { codecSchema, DIALECT, type JsonSchema, LOG_SCHEMAS, logSchema } from '@specialbit/events/schema';
import type * as t from 'io-ts';
import { OUTPUTS } from './outputs.js';
import { transcriptRecord } from './transcript.js';

export interface NamedSchema {
  readonly name: string;
  /** What it is of, in a line. */
  readonly about: string;
  readonly schema: () => JsonSchema;
}

const ABOUT: Readonly<Record<string, string>> = {
  line: 'a line of a log: its header, or an event',
  header: 'the first line of a log',
  event: 'an event of any type',
  expectation: 'what must hold at a moment of a log',
};

function ofCodec(name: string, about: string, codec: t.Mixed): NamedSchema {
  const head = { $schema: DIALECT, $id: `urn:specialbit:schema:${name}`, title: about };
  return { name, about, schema: () => ({ ...head, ...codecSchema(codec) }) };
}

/** In the order of the list. */
export const SCHEMAS: readonly NamedSchema[] = [
  ...LOG_SCHEMAS.map((name) => ({
    name,
    about: ABOUT[name] ?? `an event of type ${name.replace(/^event\./, '')}`,
    schema: () => logSchema(name)!,
  })),
  ofCodec(
    'transcript',
    'a record of a transcript: its header, the beginning of a scenario, or a step',
    transcriptRecord,
  ),
  ...Object.entries(OUTPUTS).map(([name, { about, codec }]) => ofCodec(`output.${name}`, about, codec)),
];
