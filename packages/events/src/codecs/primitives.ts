// SPDX-License-Identifier: GPL-2.0-or-later
import * as t from 'io-ts';
import { suggestion } from '../errors/nearest.js';
import { fail, type Json, type JsonCodec } from './failure.js';
import { Told } from './told.js';
import { WordsType, wordsOf } from './words.js';

const HEX = /^0x[0-9a-f]+$/i;

/** A number that is at least 0 and exact, from a JSON number or a hexadecimal string; undefined otherwise. */
export function parseNatural(u: unknown): number | undefined {
  if (typeof u === 'number') return Number.isSafeInteger(u) && u >= 0 ? u + 0 : undefined;
  if (typeof u !== 'string' || !HEX.test(u)) return undefined;
  const value = Number(u);
  return Number.isSafeInteger(value) ? value : undefined;
}

export function formatHex(value: number): string {
  return `0x${value.toString(16)}`;
}

/** The codec of a number from 0 to `max`, which JSON may have as one. */
export class NaturalType extends Told<number, number> {}

function naturalCodec(name: string, encode: (value: number) => Json, max = Number.MAX_SAFE_INTEGER): JsonCodec<number> {
  const is = (u: unknown): u is number => Number.isSafeInteger(u) && (u as number) >= 0 && (u as number) <= max;
  return new NaturalType(
    name,
    is,
    (u, c) => {
      const value = parseNatural(u);
      return value !== undefined && value <= max ? t.success(value) : fail(u, c, name);
    },
    encode,
    max,
  );
}

/** How many pages, which page, which process: written in decimal. */
export const natural = naturalCodec('a number (12 or "0xc")', (value) => value);
/** A count that a fault can drive below 0: a JSON number. */
export const integer: JsonCodec<number> = new t.Type<number, Json, unknown>(
  'a whole number (12 or -1)',
  (u): u is number => Number.isSafeInteger(u),
  (u, c) => (Number.isSafeInteger(u) ? t.success((u as number) + 0) : fail(u, c, 'a whole number (12 or -1)')),
  (value) => value,
);
/** A page frame number: written in hexadecimal. */
export const pfn = naturalCodec('a pfn (608 or "0x260")', formatHex);
/** A page offset: written in hexadecimal when it is large, as those of devices are. */
export const pgoff = naturalCodec('a page offset (2 or "0x2")', (value) => (value < 0x1000 ? value : formatHex(value)));
/** A byte address that need not begin a page: written in hexadecimal. */
export const address = naturalCodec('an address ("0x4ae000")', formatHex);
export const byte = naturalCodec('a byte (0 to 255)', (value) => value, 255);

export const bool: JsonCodec<boolean> = new t.Type<boolean, Json, unknown>(
  'true or false',
  (u): u is boolean => typeof u === 'boolean',
  (u, c) => (typeof u === 'boolean' ? t.success(u) : fail(u, c, 'true or false')),
  (value) => value,
);

/** The codec of a text of a form. */
export class TextType extends Told<string, RegExp | undefined> {}

function textCodec(name: string, form?: RegExp): JsonCodec<string> {
  const is = (u: unknown): u is string => typeof u === 'string' && (form === undefined || form.test(u));
  return new TextType(
    name,
    is,
    (u, c) => (is(u) ? t.success(u) : fail(u, c, name)),
    (value) => value,
    form,
  );
}

const LABEL = /^[A-Za-z_][A-Za-z0-9_.:/@-]*$/;
/** What names members of objects is not `__proto__`. */
const FRAME_LABEL = /^(?!__proto__$)[A-Za-z_][A-Za-z0-9_]*$/;
const NOT_EMPTY = /^(?!__proto__$)[\s\S]/;

/** A frame of a block of frames: `C1+3`. */
const FRAME_REF = /^(?!__proto__$)[A-Za-z_][A-Za-z0-9_]*(\+[1-9]\d{0,9})?$/;

/** How the texts that stand for something are written. */
export const FORMS = { label: LABEL, frame: FRAME_REF } as const;

export const isLabel = (text: string): boolean => LABEL.test(text);
export const isFrameRefLabel = (text: string): boolean => FRAME_REF.test(text);

/** A name for a mapping: it starts with a letter, so that it cannot be taken for an address. */
export const mappingLabel = textCodec('a label (a letter, then letters, digits and _.:/@-)', LABEL);
export const fileName = textCodec('the name of a file', NOT_EMPTY);
export const errnoName = textCodec('the name of an errno ("ENOMEM")', /^E[A-Z0-9]+$/);
export const text = textCodec('a text');

/** One of a few words, exactly. */
export function oneOf<const W extends string>(...words: readonly W[]): JsonCodec<W> {
  const known = new Set<string>(words);
  const name = words.length === 1 ? `"${words[0]}"` : `one of ${words.map((word) => `"${word}"`).join(', ')}`;
  const is = (u: unknown): u is W => typeof u === 'string' && known.has(u);
  return new WordsType<W>(
    name,
    is,
    (u, c) => (is(u) ? t.success(u) : fail(u, c, name + (typeof u === 'string' ? suggestion(u, words) : ''))),
    (value) => value,
    words,
  );
}

/** A codec that says of some words that it does not know what to write instead. */
export function hinted<A>(codec: JsonCodec<A>, hints: Readonly<Record<string, string>>): JsonCodec<A> {
  return new WordsType<A>(
    codec.name,
    codec.is,
    (u, c) => {
      const result = codec.validate(u, c);
      const hint = result._tag === 'Left' && typeof u === 'string' && Object.hasOwn(hints, u) ? hints[u] : undefined;
      return hint === undefined ? result : fail(u, c, hint);
    },
    codec.encode,
    wordsOf(codec),
  );
}

/** The codec of an array, which tells of what. */
export class ListType<A> extends Told<readonly A[], { readonly item: JsonCodec<A>; readonly single: boolean }> {}

/** An array of `item`; `single`: one item may be written without the brackets. */
export function listOf<A>(item: JsonCodec<A>, name: string, single = false): JsonCodec<readonly A[]> {
  return new ListType<A>(
    name,
    (u): u is readonly A[] => Array.isArray(u) && u.every(item.is),
    (u, c) => {
      const items: unknown = single && typeof u === 'string' ? [u] : u;
      if (!Array.isArray(items)) return fail(u, c, name);
      const out: A[] = [];
      for (let i = 0; i < items.length; i++) {
        const result = item.validate(items[i], t.appendContext(c, String(i), item, items[i]));
        if (result._tag === 'Left') return result;
        out.push(result.right);
      }
      return t.success(out);
    },
    (list) => list.map(item.encode),
    { item, single },
  );
}

/** Names of members: some words, or a form. */
export type Keys = readonly string[] | RegExp;

/** Labels of frames, and names that may be anything. */
export const FRAME_LABELS: Keys = FRAME_LABEL;
export const ANY_NAMES: Keys = NOT_EMPTY;

/** The codec of an object with members of one kind, which tells of what. */
export class MapType<A> extends Told<
  Readonly<Record<string, A>>,
  { readonly keys: Keys; readonly value: JsonCodec<A> }
> {}

/** An object with keys of one kind and values of one kind. */
export function mapOf<A>(
  keys: Keys,
  keyName: string,
  value: JsonCodec<A>,
  name: string,
): JsonCodec<Readonly<Record<string, A>>> {
  const key = (k: string): boolean => (keys instanceof RegExp ? keys.test(k) : keys.includes(k));
  return new MapType<A>(
    name,
    (u): u is Readonly<Record<string, A>> => isObject(u) && Object.entries(u).every(([k, v]) => key(k) && value.is(v)),
    (u, c) => {
      if (!isObject(u)) return fail(u, c, name);
      const out: Record<string, A> = {};
      for (const [k, v] of Object.entries(u)) {
        const context = t.appendContext(c, k, value, v);
        if (!key(k)) return fail(k, context, keyName);
        const result = value.validate(v, context);
        if (result._tag === 'Left') return result;
        out[k] = result.right;
      }
      return t.success(out);
    },
    (map) => Object.fromEntries(Object.entries(map).map(([k, v]) => [k, value.encode(v)])),
    { keys, value },
  );
}

export function isObject(u: unknown): u is Readonly<Record<string, unknown>> {
  return typeof u === 'object' && u !== null && !Array.isArray(u);
}
