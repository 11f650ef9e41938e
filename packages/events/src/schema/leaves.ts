// SPDX-License-Identifier: GPL-2.0-or-later
/** What the codecs take that are made of no others: the texts of places, frames and entries, and settings. */
import type * as t from 'io-ts';
import { selector } from '../codecs/expect.js';
import { advice } from '../codecs/flags.js';
import { fileFolio, fileObject, fileSpec, MOST_ORDER, orderOrPmd, range, version } from '../codecs/header.js';
import { callPlace, frame, place } from '../codecs/place.js';
import { bool, FORMS, integer, pfn } from '../codecs/primitives.js';
import { rawEntry } from '../codecs/raw-entry.js';
import { FILES, hugetlbSettings, key, OF_SIZE, POOLS, SIZES, thpSettings, value } from '../codecs/thp.js';
import { ADVICE_NAMES } from '../names/mman.js';
import type { JsonSchema } from './json-schema.js';
import { decimal, hex, hexOfPages } from './patterns.js';

const SAFE = Number.MAX_SAFE_INTEGER;
const SAFE_BITS = 53;
const whole = (text: string): string => `^(?:${text})$`;
const inner = (form: RegExp): string => form.source.replace(/^\^|\$$/g, '');

/** A number as JSON has it, or `0x` and digits. */
export function naturalSchema(max: number): JsonSchema {
  const bits = max === SAFE ? SAFE_BITS : Math.log2(max + 1);
  return {
    anyOf: [
      { type: 'integer', minimum: 0, maximum: max },
      { type: 'string', pattern: whole(hex(bits)) },
    ],
  };
}

/** The number of a page, in brackets. */
const PAGE = `\\[(?:${decimal(SAFE)}|${hex(SAFE_BITS)})\\]`;

const object = (properties: Readonly<Record<string, JsonSchema>>): JsonSchema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});
const COUNT: JsonSchema = { type: 'integer', minimum: 0, maximum: SAFE };
const ADDRESS: JsonSchema = { ...COUNT, multipleOf: 4096 };
const text = (...forms: string[]): JsonSchema => ({ type: 'string', pattern: whole(forms.join('|')) });
const atLabel = (pattern: JsonSchema): JsonSchema => object({ label: pattern, page: COUNT });
const LABEL = inner(FORMS.label);
const FRAME = inner(FORMS.frame);

const asWritten: JsonSchema = {
  anyOf: [{ type: 'string', minLength: 1 }, { type: 'boolean' }, { type: 'integer', minimum: 0, maximum: SAFE }],
};

/** What a setting takes: words, also written as what they say (`0` and `1` as numbers or booleans), or a number. */
function settingSchema(words: readonly string[] | null): JsonSchema {
  if (words === null) return { anyOf: [COUNT, { type: 'string', pattern: '^\\d+$' }, { type: 'boolean' }] };
  const numbers = words.filter((word) => /^\d+$/.test(word)).map(Number);
  return { enum: [...words, ...numbers, ...(words.includes('0') ? [false, true] : [])] };
}
const pools: JsonSchema = { anyOf: [COUNT, { type: 'string', pattern: '^\\d+$' }, { type: 'boolean' }] };

/** Names of a form whose last part is one of a few, as those of sizes are. */
const sized = (form: RegExp, last: string): string => form.source.replace(/\/\(enabled\|shmem_enabled\)/, `/${last}`);

const THP: JsonSchema = {
  anyOf: [
    { const: true },
    { enum: FILES.enabled! },
    {
      type: 'object',
      properties: Object.fromEntries(Object.entries(FILES).map(([name, words]) => [name, settingSchema(words)])),
      patternProperties: Object.fromEntries(
        Object.entries(OF_SIZE).map(([name, words]) => [sized(SIZES, name), settingSchema(words)]),
      ),
      additionalProperties: false,
    },
  ],
};

const FOLIOS: JsonSchema = {
  anyOf: Array.from({ length: MOST_ORDER }, (_, i) => ({
    type: 'array',
    prefixItems: [{ ...COUNT, multipleOf: 2 ** (i + 1) }, { const: i + 1 }],
    items: false,
    minItems: 2,
  })),
};

/** By codec; a codec that is neither here nor made of others has no schema. */
export const LEAVES: ReadonlyMap<t.Mixed, (schemaOf: (codec: t.Mixed) => JsonSchema) => JsonSchema> = new Map<
  t.Mixed,
  (schemaOf: (codec: t.Mixed) => JsonSchema) => JsonSchema
>([
  [bool, () => ({ type: 'boolean' })],
  [integer, () => ({ type: 'integer', minimum: -SAFE, maximum: SAFE })],
  [version, () => ({ const: 1 })],
  [
    place,
    () => ({
      anyOf: [
        text(`${LABEL}(?:${PAGE})?`, hexOfPages(SAFE_BITS)),
        ADDRESS,
        atLabel(text(LABEL)),
        object({ addr: ADDRESS }),
      ],
    }),
  ],
  [
    callPlace,
    () => ({
      anyOf: [text(`(?:${LABEL})?${PAGE}`, LABEL), atLabel(text(`(?:${LABEL})?`)), object({ addr: ADDRESS })],
    }),
  ],
  [
    frame,
    () => ({
      anyOf: [text(FRAME, hex(SAFE_BITS)), COUNT, object({ label: text(FRAME) }), object({ pfn: COUNT })],
    }),
  ],
  [
    rawEntry,
    () => ({
      anyOf: [
        text('[A-Za-z0-9][A-Za-z0-9_.+-]*:0[xX][0-9a-fA-F]{1,16}'),
        {
          type: 'object',
          properties: { arch: text('[A-Za-z0-9][A-Za-z0-9_.+-]*'), value: text('[0-9a-fA-F]{1,16}') },
          required: ['arch', 'value'],
        },
      ],
    }),
  ],
  [
    selector,
    () => {
      const name = '[A-Za-z0-9_+.*-]+';
      const one = `!?(?:feature:[a-z0-9_]+|${name}(?:@${name})?|@${name})`;
      return text(`${one}(?:\\|${one})*`);
    },
  ],
  [
    advice,
    () => {
      const anyCase = (word: string): string => word.replace(/[A-Z]/g, (one) => `[${one}${one.toLowerCase()}]`);
      const bare = ADVICE_NAMES.map((name) => anyCase(name.slice('MADV_'.length)));
      return text(`(?:${anyCase('MADV_')})?(?:${bare.join('|')})`, anyCase('UNKNOWN'));
    },
  ],
  [range, (schemaOf) => ({ type: 'array', prefixItems: [schemaOf(pfn), schemaOf(pfn)], items: false, minItems: 2 })],
  [fileFolio, () => FOLIOS],
  [orderOrPmd, () => ({ anyOf: [{ type: 'integer', minimum: 0, maximum: MOST_ORDER }, { const: 'pmd' }] })],
  [fileSpec, (schemaOf) => ({ anyOf: [{ enum: ['device', 'shmem', 'file', 'hugetlbfs'] }, schemaOf(fileObject)] })],
  [
    key,
    () => ({
      anyOf: [
        { enum: Object.keys(FILES) },
        { type: 'string', pattern: SIZES.source },
        { type: 'string', pattern: POOLS.source },
      ],
    }),
  ],
  [value, () => asWritten],
  [thpSettings, () => THP],
  [
    hugetlbSettings,
    () => ({
      anyOf: [COUNT, { type: 'object', patternProperties: { [POOLS.source]: pools }, additionalProperties: false }],
    }),
  ],
]);
