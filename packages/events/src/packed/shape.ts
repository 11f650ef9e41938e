// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * How events of one kind are written: their type, their other fields in order, and what stands in each.
 * Shapes are found in the events themselves, so that every field there is or will be can be written;
 * what needs no byte of its own (a boolean, the type) is part of the shape.
 */
import type { LogEvent } from '../types.js';

/** What a field holds, and how it is written. */
export const KIND = {
  /** A whole number. */
  uint: 0,
  true: 1,
  false: 2,
  /** Any string: its number in the table of strings. */
  string: 3,
  /** `{label, page}`: the label's number, and the page. */
  labelled: 4,
  /** `{addr}`. */
  addr: 5,
  /** `{label}`. */
  label: 6,
  /** `{pfn}`. */
  pfn: 7,
  /** An array of whole numbers: their number, and each. */
  uints: 8,
  /** Anything else: its number in the table of values. */
  json: 9,
} as const;

export interface Shape {
  readonly type: LogEvent['type'];
  readonly keys: readonly string[];
  readonly kinds: readonly number[];
}

export function isUint(value: unknown): value is number {
  // minus zero would come back as zero
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0);
}

/** The kind of a field's value. */
export function kindOf(value: unknown): number {
  if (isUint(value)) return KIND.uint;
  if (value === true) return KIND.true;
  if (value === false) return KIND.false;
  if (typeof value === 'string') return KIND.string;
  if (Array.isArray(value)) return value.every(isUint) ? KIND.uints : KIND.json;
  if (typeof value === 'object' && value !== null) return kindOfObject(value as Record<string, unknown>);
  return KIND.json;
}

function kindOfObject(value: Record<string, unknown>): number {
  const keys = Object.keys(value);
  if (typeof value.label === 'string') {
    if (keys.length === 1) return KIND.label;
    if (keys.length === 2 && isUint(value.page)) return KIND.labelled;
  }
  if (keys.length === 1 && isUint(value.addr)) return KIND.addr;
  if (keys.length === 1 && isUint(value.pfn)) return KIND.pfn;
  return KIND.json;
}
