// SPDX-License-Identifier: GPL-2.0-or-later
import * as t from 'io-ts';
import type { Json } from './failure.js';

/** A codec that tells by what it decodes, for schemas and for who writes a log. */
export class Told<A, T> extends t.Type<A, Json, unknown> {
  constructor(
    name: string,
    is: t.Is<A>,
    validate: t.Validate<unknown, A>,
    encode: t.Encode<A, Json>,
    readonly told: T,
  ) {
    super(name, is, validate, encode);
  }
}
