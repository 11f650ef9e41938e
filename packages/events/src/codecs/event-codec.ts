// SPDX-License-Identifier: GPL-2.0-or-later
import type * as t from 'io-ts';
import { listOf, natural, pfn } from './primitives.js';
import { type Field, type FieldsOf, fallback, type OptionalField, optional, record } from './record.js';

/** From tag to codec. The type that a codec decodes to is known only to its own file. */
export type EventCodecs = ReadonlyMap<string, t.Mixed>;
export type EventRow = readonly [tag: string, codec: t.Mixed];

/** The address space that acts; 0 when it is not said. */
export const mm: Field<number> = fallback(natural, 0);

/** The frames that were allocated meanwhile. */
export const alloc: OptionalField<readonly number[]> = optional(listOf(pfn, 'an array of pfns'));

/** Codecs for events that differ in nothing but their type. */
export function events<E extends { readonly type: string }>(
  tags: readonly E['type'][],
  fields: FieldsOf<E, 'type'>,
  check?: (event: E, context: t.Context) => t.Validation<E>,
): EventRow[] {
  return tags.map((tag): EventRow => {
    const spec = { name: tag, tag, constants: { type: tag } as Pick<E, 'type'>, fields };
    return [tag, record<E, 'type'>(check === undefined ? spec : { ...spec, check })];
  });
}
