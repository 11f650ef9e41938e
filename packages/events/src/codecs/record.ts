// SPDX-License-Identifier: GPL-2.0-or-later
import * as t from 'io-ts';
import { quote } from '../errors/describe.js';
import { suggestion } from '../errors/nearest.js';
import { fail, type Json, type JsonCodec, type JsonObject } from './failure.js';
import { isObject } from './primitives.js';
import { Told } from './told.js';

/**
 * Records decode by a table of fields, without a context per field: only when a field fails is it
 * validated again with one, for the error's path.
 */

type Presence = 'required' | 'optional' | 'default' | 'derived';

/** A field that is always there in canonical form. */
export interface Field<A> {
  readonly codec: JsonCodec<A>;
  readonly presence: Presence;
  readonly fallback?: A;
  /** The default that the fields before this one imply. */
  readonly derive?: (record: object) => A;
}
/** A field that may be absent in canonical form. */
export interface OptionalField<A> extends Field<A> {
  readonly presence: 'optional';
  /** `false` is not the same as absence. */
  readonly keepFalse?: boolean;
}

/** What a table of fields must have to make the record `A` without its constants `C`. */
export type FieldsOf<A, C extends keyof A> = {
  readonly [K in Exclude<keyof A, C>]-?: Record<never, never> extends Pick<A, K>
    ? OptionalField<Exclude<A[K], undefined>>
    : Field<A[K]>;
};

export const required = <A>(codec: JsonCodec<A>): Field<A> => ({ codec, presence: 'required' });
/** Absent stays absent; where `false` says the same as absence, it is dropped. */
export const optional = <A>(codec: JsonCodec<A>): OptionalField<A> => ({ codec, presence: 'optional' });
/** Not written when it has this value. */
export const fallback = <A>(codec: JsonCodec<A>, value: A): Field<A> => ({
  codec,
  presence: 'default',
  fallback: value,
});
/** As `fallback`, with a value that depends on the fields that stand before it in the table. */
export const derived = <A>(codec: JsonCodec<A>, derive: (record: object) => A): Field<A> => ({
  codec,
  presence: 'derived',
  derive,
});

export interface RecordSpec<A extends object, C extends keyof A> {
  /** The word for it in messages: the event's type, or for instance `ops`. */
  readonly name: string;
  /** Value that `type` must have in JSON; absent: the record has no `type`. */
  readonly tag?: string;
  /** Fields that decoding adds as they are. */
  readonly constants: Pick<A, C>;
  readonly fields: FieldsOf<A, C>;
  /** What an older log wrote otherwise, as it is written now; JSON that is neither is given back as it is. */
  readonly former?: (json: JsonObject) => JsonObject;
  /** A last look at the whole record. */
  readonly check?: (record: A, context: t.Context) => t.Validation<A>;
}

/** A field with its name. */
export interface RecordRow extends Field<unknown> {
  readonly key: string;
  readonly keepFalse?: boolean;
}

/** What a record's codec decodes by. */
export interface RecordTable {
  /** The word for it in messages. */
  readonly word: string;
  readonly tag: string | undefined;
  readonly constants: Readonly<Record<string, unknown>>;
  readonly rows: readonly RecordRow[];
  readonly former: ((json: JsonObject) => JsonObject) | undefined;
  readonly check: ((record: object, context: t.Context) => t.Validation<object>) | undefined;
}

/** The codec of a record, which tells by what it decodes. */
export class RecordType<A extends object> extends Told<A, RecordTable> {}

export function record<A extends object, C extends keyof A = never>(spec: RecordSpec<A, C>): JsonCodec<A> {
  const { name, tag, constants, check, former } = spec;
  const fields = spec.fields as unknown as Readonly<Record<string, Field<unknown>>>;
  const rows: RecordRow[] = Object.entries(fields).map(([key, field]) => ({ key, ...field }));
  const constantKeys = Object.entries(constants);
  const expected = tag === undefined ? name : `an event of type ${name}`;

  const validate = (given: unknown, c: t.Context): t.Validation<A> => {
    if (!isObject(given)) return fail(given, c, expected);
    const u = former === undefined ? given : former(given as JsonObject);
    let seen = 0;
    if (tag !== undefined) {
      if (u.type !== tag) return fail(u.type, t.appendContext(c, 'type', codec, u.type), `"${tag}"`);
      seen = 1;
    }
    const out: Record<string, unknown> = {};
    for (let i = 0; i < constantKeys.length; i++) out[constantKeys[i]![0]] = constantKeys[i]![1];
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      const value = u[row.key];
      if (value === undefined) {
        if (row.presence === 'default') out[row.key] = row.fallback;
        else if (row.presence === 'derived') out[row.key] = row.derive!(out);
        else if (row.presence === 'required') {
          return unknownField(u, c) ?? fail(value, t.appendContext(c, row.key, row.codec, value), row.codec.name);
        }
        continue;
      }
      seen++;
      const result = row.codec.validate(value, c);
      if (result._tag === 'Left') {
        const again = row.codec.validate(value, t.appendContext(c, row.key, row.codec, value));
        return again._tag === 'Left' ? again : result;
      }
      if (row.presence !== 'optional' || row.keepFalse === true || result.right !== false) out[row.key] = result.right;
    }
    let present = 0;
    for (const _ in u) present++;
    if (present !== seen) {
      const failure = unknownField(u, c);
      if (failure !== undefined) return failure;
    }
    return check === undefined ? t.success(out as A) : check(out as A, c);
  };

  const unknownField = (u: Readonly<Record<string, unknown>>, c: t.Context): t.Validation<A> | undefined => {
    const known = rows.map((row) => row.key);
    for (const key of Object.keys(u)) {
      if (known.includes(key) || (key === 'type' && tag !== undefined) || u[key] === undefined) continue;
      const list =
        known.length === 0 ? 'no field' : `a field of ${name}${suggestion(key, known) || ` (${known.join(', ')})`}`;
      const details = { code: 'field-unknown', found: quote(key) } as const;
      return fail(u[key], t.appendContext(c, key, codec, u[key]), list, details);
    }
    return undefined;
  };

  const encode = (value: A): JsonObject => {
    const from = value as Readonly<Record<string, unknown>>;
    const out: Record<string, Json> = {};
    if (tag !== undefined) out.type = tag;
    for (const { key, codec: field, presence, fallback: usual, derive } of rows) {
      const v = from[key];
      if (v === undefined || (presence === 'default' && isUsual(v, usual))) continue;
      if (presence === 'derived' && v === derive!(from)) continue;
      out[key] = field.encode(v);
    }
    return out;
  };

  const is = (u: unknown): u is A =>
    isObject(u) &&
    constantKeys.every(([key, value]) => u[key] === value) &&
    rows.every(({ key, codec: field, presence }) =>
      u[key] === undefined ? presence === 'optional' : field.is(u[key]),
    );

  const table: RecordTable = {
    ...{ word: name, tag, constants: constants as Readonly<Record<string, unknown>>, rows, former },
    check: check as RecordTable['check'],
  };
  const codec: JsonCodec<A> = new RecordType<A>(expected, is, validate, encode, table);
  return codec;
}

/** Places are objects; an event that comes out of a cache has others than one that was decoded. */
function isUsual(value: unknown, usual: unknown): boolean {
  if (value === usual) return true;
  return isObject(value) && isObject(usual) && JSON.stringify(value) === JSON.stringify(usual);
}
