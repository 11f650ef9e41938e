// SPDX-License-Identifier: GPL-2.0-or-later
/** Every schema by name: of logs from the codecs that read them, of transcripts, and of what commands print. */
import { type JsonSchema, LOG_SCHEMAS, logSchema } from '@specialbit/events';

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

/** In the order of the list. */
export const SCHEMAS: readonly NamedSchema[] = LOG_SCHEMAS.map((name) => ({
  name,
  about: ABOUT[name] ?? `an event of type ${name.replace(/^event\./, '')}`,
  schema: () => logSchema(name)!,
}));
