// SPDX-License-Identifier: GPL-2.0-or-later
import * as t from 'io-ts';
import type { Json, JsonCodec } from './failure.js';

/** A codec that knows words that it takes, for who writes a log: there may be others. */
export class WordsType<A> extends t.Type<A, Json, unknown> {
  constructor(
    name: string,
    is: t.Is<A>,
    validate: t.Validate<unknown, A>,
    encode: t.Encode<A, Json>,
    readonly words: readonly string[],
  ) {
    super(name, is, validate, encode);
  }
}

export const wordsOf = <A>(codec: JsonCodec<A>): readonly string[] => (codec instanceof WordsType ? codec.words : []);
