// SPDX-License-Identifier: GPL-2.0-or-later
/** The schema of what is at a place in a line: what an editor can offer there. */
import { EVENT_TYPES } from '@specialbit/events';
import { type JsonSchema, logSchema } from '@specialbit/events/schema';
import type { Cursor } from '@specialbit/view/writing';

type Place = Pick<Cursor, 'path' | 'type'>;

/** Made when they are first asked for. */
export class Schemas {
  private readonly whole = new Map<string, JsonSchema>();

  /** The object at a place, of the type that it says to be; undefined where there is none. */
  object(header: boolean, { path, type }: Place): JsonSchema | undefined {
    const name = header ? 'header' : 'event';
    const { $defs = {}, ...root } = this.named(name);
    const deref = (schema: JsonSchema): JsonSchema => {
      const ref = schema.$ref?.replace('#/$defs/', '');
      return ref === undefined ? schema : deref($defs[ref]!);
    };
    let at: JsonSchema | undefined = root;
    for (const step of path) {
      at = within(deref(at), step, deref);
      if (at === undefined) return undefined;
    }
    return ofType(deref(at), type, deref);
  }

  /** A member of an object, with what it refers to. */
  member(header: boolean, place: Place, member: string): JsonSchema | undefined {
    return this.object(header, { path: [...place.path, member], type: undefined });
  }

  /** What the events of each type cannot be without. */
  required(): Readonly<Record<string, readonly string[]>> {
    return Object.fromEntries(
      EVENT_TYPES.map((type) => {
        const { required = [] } = this.object(false, { path: [], type }) ?? {};
        return [type, required.filter((name) => name !== 'type')];
      }),
    );
  }

  private named(name: string): JsonSchema {
    const schema = this.whole.get(name) ?? logSchema(name)!;
    this.whole.set(name, schema);
    return schema;
  }
}

type Deref = (schema: JsonSchema) => JsonSchema;

/** A member or an item. Of what is one of several types, the first that has it: they have it alike. */
function within(schema: JsonSchema, step: string | number, deref: Deref): JsonSchema | undefined {
  if (typeof step === 'number') return schema.items === undefined || schema.items === false ? undefined : schema.items;
  for (const each of alternatives(schema, deref)) {
    const own = each.properties?.[step];
    if (own !== undefined) return own;
    const { additionalProperties: more } = each;
    if (typeof more === 'object') return more;
  }
  return undefined;
}

/** The schema itself, and those that it is one of. */
function alternatives(schema: JsonSchema, deref: Deref): JsonSchema[] {
  const inner = [
    ...(schema.anyOf ?? []),
    ...(schema.allOf ?? []).flatMap((rule) => (rule.then === undefined ? [] : [rule.then])),
  ];
  return [schema, ...inner.flatMap((each) => alternatives(deref(each), deref))];
}

function ofType(schema: JsonSchema, type: string | undefined, deref: Deref): JsonSchema | undefined {
  for (const rule of schema.allOf ?? []) {
    if (type !== undefined && rule.if?.properties?.type?.const === type && rule.then !== undefined)
      return deref(rule.then);
  }
  // a text that stands for an object is not asked for here
  return schema.properties === undefined && schema.anyOf !== undefined
    ? (alternatives(schema, deref).find(({ properties }) => properties !== undefined) ?? schema)
    : schema;
}
