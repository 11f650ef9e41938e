// SPDX-License-Identifier: GPL-2.0-or-later
/** The schemas of codecs that are made of io-ts's own. */
import type * as t from 'io-ts';
import type { Json } from '../codecs/failure.js';
import { InternalError } from '../errors/coded-error.js';
import type { JsonSchema } from './json-schema.js';

type Tagged =
  | t.StringC
  | t.NumberC
  | t.BooleanC
  | t.NullC
  | t.UnknownC
  | t.LiteralC<string | number | boolean>
  | t.KeyofC<Record<string, unknown>>
  | t.ArrayC<t.Mixed>
  | t.ReadonlyArrayC<t.Mixed>
  | t.TupleC<[t.Mixed, ...t.Mixed[]]>
  | t.UnionC<[t.Mixed, t.Mixed, ...t.Mixed[]]>
  | t.DictionaryType<t.Mixed, t.Mixed>
  | t.RefinementType<t.Mixed>
  | Shaped;
type Shaped =
  | t.TypeC<t.Props>
  | t.PartialC<t.Props>
  | t.IntersectionC<[t.Mixed, t.Mixed, ...t.Mixed[]]>
  | t.ExactC<t.HasProps>;

/** The schema of what a codec of io-ts's combinators takes. Throws InternalError for one that has a way of its own. */
export function codecSchema(codec: t.Mixed): JsonSchema {
  const tagged = codec as unknown as Tagged;
  switch (tagged._tag) {
    case 'StringType':
      return { type: 'string' };
    case 'NumberType':
      return { type: 'number' };
    case 'BooleanType':
      return { type: 'boolean' };
    case 'NullType':
      return { type: 'null' };
    case 'UnknownType':
      return {};
    case 'LiteralType':
      return { const: tagged.value };
    case 'KeyofType':
      return { enum: Object.keys(tagged.keys) };
    case 'RefinementType':
      return tagged.name === 'Int' ? { type: 'integer' } : codecSchema(tagged.type);
    case 'ArrayType':
    case 'ReadonlyArrayType':
      return { type: 'array', items: codecSchema(tagged.type) };
    case 'TupleType': {
      const items = tagged.types.map(codecSchema);
      return { type: 'array', prefixItems: items, minItems: items.length, items: false };
    }
    case 'UnionType':
      return unionSchema(tagged.types);
    case 'DictionaryType':
      return {
        type: 'object',
        ...(isString(tagged.domain) ? {} : { propertyNames: codecSchema(tagged.domain) }),
        additionalProperties: codecSchema(tagged.codomain),
      };
    case 'ExactType':
      return { ...objectSchema(tagged), additionalProperties: false };
    case 'InterfaceType':
    case 'PartialType':
    case 'IntersectionType':
      return objectSchema(tagged);
    default:
      throw new InternalError(`no schema for the codec ${codec.name}`);
  }
}

const isString = (codec: t.Mixed): boolean => (codec as Partial<t.StringC>)._tag === 'StringType';

/** A few words as such. */
function unionSchema(codecs: readonly t.Mixed[]): JsonSchema {
  const of = codecs.map(codecSchema);
  const words = of.map((schema) => schema.const);
  return words.every((word): word is Json => word !== undefined) ? { enum: words } : { anyOf: of };
}

/** One object of all that intersect. */
function objectSchema(codec: Shaped): JsonSchema {
  const properties: Record<string, JsonSchema> = {};
  const required: string[] = [];
  const add = (part: t.Mixed): void => {
    const shaped = part as unknown as Shaped;
    if (shaped._tag === 'IntersectionType') for (const each of shaped.types) add(each);
    else if (shaped._tag === 'ExactType') add(shaped.type);
    else if (shaped._tag === 'InterfaceType' || shaped._tag === 'PartialType') {
      for (const [key, value] of Object.entries(shaped.props)) properties[key] = codecSchema(value);
      if (shaped._tag === 'InterfaceType') required.push(...Object.keys(shaped.props));
    } else throw new InternalError(`no object: ${part.name}`);
  };
  add(codec);
  return { type: 'object', properties, required };
}
