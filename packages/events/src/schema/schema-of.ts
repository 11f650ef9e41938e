// SPDX-License-Identifier: GPL-2.0-or-later
/** From a codec to the schema of the JSON that it takes. */
import type * as t from 'io-ts';
import { FormType } from '../codecs/expect.js';
import type { Json } from '../codecs/failure.js';
import { FlagsType } from '../codecs/flags.js';
import { ListType, MapType, NaturalType, TextType } from '../codecs/primitives.js';
import { type RecordRow, RecordType } from '../codecs/record.js';
import { WordsType } from '../codecs/words.js';
import { InternalError } from '../errors/coded-error.js';
import { type DescribedRecord, MEMBER_DOCS } from './descriptions.js';
import type { JsonSchema } from './json-schema.js';
import { LEAVES, naturalSchema } from './leaves.js';
import { flagWord, lettersOnce } from './patterns.js';
import { CALL_RULES, FORMERLY, RULES } from './rules.js';

/** A codec that stands in many places gets a name, and the places refer to it. */
export class Definitions {
  readonly defs: Record<string, JsonSchema> = {};
  /** Codecs that are made of others in a way of their own. */
  protected readonly special = new Map<t.Mixed, () => JsonSchema>();
  private readonly named = new Map<t.Mixed, string>();

  /** `names`: codecs that are written once, by their names. */
  constructor(names: ReadonlyMap<string, t.Mixed>) {
    for (const [name, codec] of names) this.named.set(codec, name);
  }

  /** The schema of a codec, or a reference to it. */
  readonly of = (codec: t.Mixed): JsonSchema => {
    const name = this.named.get(codec);
    if (name === undefined) return this.made(codec);
    if (!Object.hasOwn(this.defs, name)) {
      this.defs[name] = {};
      this.defs[name] = this.made(codec);
    }
    return { $ref: `#/$defs/${name}` };
  };

  private made(codec: t.Mixed): JsonSchema {
    const special = this.special.get(codec);
    if (special !== undefined) return special();
    const leaf = LEAVES.get(codec);
    if (leaf !== undefined) return { ...leaf(this.of), title: codec.name };
    if (codec instanceof RecordType) return this.record(codec, false);
    if (codec instanceof NaturalType) return { ...naturalSchema(codec.told), title: codec.name };
    if (codec instanceof TextType) return textSchema(codec);
    if (codec instanceof FormType) return formSchema(codec);
    if (codec instanceof FlagsType) return flagsSchema(codec);
    if (codec instanceof WordsType) return { enum: codec.told };
    if (codec instanceof ListType) {
      const list: JsonSchema = { type: 'array', items: this.of(codec.told.item) };
      return codec.told.single ? { anyOf: [list, this.of(codec.told.item)] } : list;
    }
    if (codec instanceof MapType) {
      const { keys, value } = (codec as MapType<unknown>).told;
      const propertyNames: JsonSchema = keys instanceof RegExp ? { pattern: keys.source } : { enum: keys };
      return { type: 'object', propertyNames, additionalProperties: this.of(value) };
    }
    throw new InternalError(`no schema for ${codec.name}`);
  }

  /** `call`: it stands in a driver's call, where it holds no lock of its own. */
  record({ told: table }: RecordType<object>, call: boolean): JsonSchema {
    const { tag, word, rows } = table;
    const docs = MEMBER_DOCS[tag ?? word];
    const formerly = FORMERLY[word] ?? {};
    const rules = [...(RULES[tag ?? word] ?? []), ...(call ? CALL_RULES : [])];
    return {
      ...(docs?.[''] === undefined ? {} : { description: docs[''] }),
      type: 'object',
      properties: {
        ...(tag === undefined ? {} : { type: { const: tag } }),
        ...Object.fromEntries(rows.map((row) => [row.key, this.member(row, docs)])),
        ...formerly,
      },
      required: [
        ...(tag === undefined ? [] : ['type']),
        ...rows.filter(({ presence }) => presence === 'required').map(({ key }) => key),
      ],
      additionalProperties: false,
      ...(rules.length === 0 ? {} : { allOf: rules }),
    };
  }

  private member({ key, codec, presence, fallback }: RecordRow, docs: DescribedRecord | undefined): JsonSchema {
    const description = docs?.[key];
    const usual = presence === 'default' ? (codec.encode(fallback) as Json) : undefined;
    return {
      ...this.of(codec),
      ...(description === undefined ? {} : { description }),
      ...(usual === undefined ? {} : { default: usual }),
    };
  }
}

function textSchema({ name, told: form }: TextType): JsonSchema {
  return form === undefined ? { type: 'string' } : { type: 'string', pattern: form.source, title: name };
}

function formSchema({ name, told: form }: FormType): JsonSchema {
  const text: JsonSchema = { type: 'string', pattern: form.source, title: name };
  // a number whose text has the form
  const numbers = form.test('1') || form.test('-1');
  if (!numbers) return text;
  const least = form.test('-1') ? -Number.MAX_SAFE_INTEGER : 0;
  return { anyOf: [text, { type: 'integer', minimum: least, maximum: Number.MAX_SAFE_INTEGER }], title: name };
}

function flagsSchema({ name, told: { table, letters, max } }: FlagsType): JsonSchema {
  const word = flagWord(table, max === 0xffffffff ? 32 : 53);
  const flags = `${word}(?:\\|${word})*`;
  const pattern = `^(?:${letters === undefined ? flags : `${lettersOnce(letters)}|${flags}`})$`;
  const text: JsonSchema = { type: 'string', pattern };
  return { anyOf: [text, { type: 'array', items: text }, { type: 'integer', minimum: 0, maximum: max }], title: name };
}
