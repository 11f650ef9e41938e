// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Events straight from the bytes of their lines, where a line is one that `formatEvent` could have written: members in
 * the order of the type's table, whole numbers, texts of ASCII without escapes. Then neither the line nor its JSON need
 * come into being: each text of a field is decoded once by the field's codec, and found again by its bytes. Any other
 * line, and every one that a codec refuses, is left to `decodeEvent`, which says what is wrong with it.
 *
 * Measured on `driver-mix`: see docs/bench.md.
 */
import type { LogEvent } from '../types.js';
import { type LinePlan, LinePlans, type PlanField } from './line-plan.js';
import { isText } from './remembered.js';
import { utf8, utf8Bytes } from './utf8.js';

const START = utf8Bytes('{"type":"');
const TRUE = utf8Bytes('true');
const FALSE = utf8Bytes('false');
const NEWLINE = 10;
const QUOTE = 34;
const COMMA = 44;
const ZERO = 48;
const NINE = 57;
const BRACKET = 91;
const BACKSLASH = 92;
const BRACKET_END = 93;
const BRACE = 123;
const BRACE_END = 125;
const DEL = 127;
/** A digit more could be no safe integer. */
const MOST_DIGITS = 15;
const TYPE_SLOTS = 256;
const SEED = 0x811c9dc5;
const PRIME = 0x01000193;

type Fields = Record<string, unknown>;

export class LineReader {
  /** Behind the newline of the line that was read last. */
  next = 0;
  private readonly plans = new LinePlans();
  private readonly byType: (LinePlan | undefined)[] = new Array(TYPE_SLOTS).fill(undefined);
  /** The value that was scanned last, and where it ended. */
  private value: unknown;
  private at = 0;
  /** Values of the fields that are there, by their place in the plan. */
  private readonly values: unknown[] = [];

  /** The event of the line that begins at `start` and ends with a newline; undefined: it is none of these lines. */
  event(bytes: Uint8Array, start: number): LogEvent | undefined {
    if (!startsWith(bytes, start, START)) return undefined;
    const plan = this.type(bytes, start + START.length);
    if (plan === undefined) return undefined;
    const { fields } = plan;
    let there = 0;
    for (let i = 0; bytes[this.at] === COMMA; i++) {
      // fields that are not there are passed over
      while (i < fields.length && !startsWith(bytes, this.at, fields[i]!.bytes)) i++;
      const field = fields[i];
      if (field === undefined) return undefined;
      this.at += field.bytes.length;
      if (!this.scan(bytes, field)) return undefined;
      if (this.value === false && field.dropsFalse) continue;
      this.values[i] = this.value;
      there |= 1 << i;
    }
    if (bytes[this.at] !== BRACE_END || bytes[this.at + 1] !== NEWLINE) return undefined;
    this.next = this.at + 2;
    return this.made(plan, there);
  }

  /** The plan of the type whose name begins at `from`; `at` is behind its quote then. */
  private type(bytes: Uint8Array, from: number): LinePlan | undefined {
    const hash = this.text(bytes, from);
    if (this.at < 0) return undefined;
    const end = this.at - 1;
    const slot = (hash ^ (hash >>> 15)) & (TYPE_SLOTS - 1);
    const known = this.byType[slot];
    if (known !== undefined && isText(known.type, bytes, from, end)) return known;
    const plan = this.plans.of(utf8(bytes.subarray(from, end)) ?? '');
    this.byType[slot] = plan;
    return plan;
  }

  /** Reads a value from `at` on. */
  private scan(bytes: Uint8Array, field: PlanField): boolean {
    const start = this.at;
    const first = bytes[start]!;
    if (first === QUOTE) {
      const hash = this.text(bytes, start + 1);
      if (this.at < 0) return false;
      this.value = field.remembered.value(bytes, start, this.at, hash);
      return this.value !== undefined;
    }
    if (first >= ZERO && first <= NINE) {
      const number = this.number(bytes, start);
      this.value = number;
      return number >= 0 && number <= field.max;
    }
    if (first === BRACKET || first === BRACE) {
      const hash = this.nested(bytes, start);
      if (this.at < 0) return false;
      this.value = field.remembered.value(bytes, start, this.at, hash);
      return this.value !== undefined;
    }
    const yes = startsWith(bytes, start, TRUE);
    if (!yes && !startsWith(bytes, start, FALSE)) return false;
    this.at = start + (yes ? TRUE.length : FALSE.length);
    this.value = yes ? field.yes : field.no;
    return this.value !== undefined;
  }

  /** The hash of the text that begins behind a quote; `at` is behind the quote that ends it, -1: not plain ASCII. */
  private text(bytes: Uint8Array, from: number): number {
    let hash = SEED;
    for (let at = from; ; at++) {
      const byte = bytes[at]!;
      if (byte === QUOTE) {
        this.at = at + 1;
        return hash;
      }
      if (byte < 32 || byte >= DEL || byte === BACKSLASH) break;
      hash = Math.imul(hash ^ byte, PRIME);
    }
    this.at = -1;
    return 0;
  }

  /** The whole number at `at`; -1: anything else. */
  private number(bytes: Uint8Array, start: number): number {
    let value = 0;
    let at = start;
    for (let byte = bytes[at]!; byte >= ZERO && byte <= NINE; byte = bytes[++at]!) value = value * 10 + (byte - ZERO);
    this.at = at;
    const digits = at - start;
    const byte = bytes[at];
    if (digits > MOST_DIGITS || (digits > 1 && bytes[start] === ZERO)) return -1;
    return byte === COMMA || byte === BRACE_END ? value : -1;
  }

  /** The hash of an array or object; `at` is behind it, -1: something is in it that is not plain ASCII. */
  private nested(bytes: Uint8Array, start: number): number {
    let hash = SEED;
    let depth = 0;
    let quoted = false;
    for (let at = start; ; at++) {
      const byte = bytes[at]!;
      if (byte < 32 || byte >= DEL || byte === BACKSLASH) break;
      hash = Math.imul(hash ^ byte, PRIME);
      if (byte === QUOTE) quoted = !quoted;
      else if (quoted) continue;
      else if (byte === BRACKET || byte === BRACE) depth++;
      else if ((byte === BRACKET_END || byte === BRACE_END) && --depth === 0) {
        this.at = at + 1;
        return hash;
      }
    }
    this.at = -1;
    return 0;
  }

  /** The event of the values that were read, with the defaults of those that were not. */
  private made(plan: LinePlan, there: number): LogEvent | undefined {
    const { fields, check, templates } = plan;
    let template = templates.get(there);
    if (template === undefined) {
      template = templateOf(plan, there);
      if (template === undefined) return undefined;
      templates.set(there, template);
    }
    const event: Fields = { ...template };
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i]!;
      if ((there & (1 << i)) !== 0) event[field.key] = this.values[i];
      else if (field.derive !== undefined) event[field.key] = field.derive(event);
    }
    if (check === undefined) return event as unknown as LogEvent;
    const result = check(event, NOWHERE);
    return result._tag === 'Left' ? undefined : (result.right as LogEvent);
  }
}

const NOWHERE = [] as const;

/** Undefined where a field must be there and is not. */
function templateOf({ constants, fields }: LinePlan, there: number): Fields | undefined {
  const template: Fields = { ...constants };
  for (const [i, { key, presence, fallback }] of fields.entries()) {
    if ((there & (1 << i)) !== 0 || presence === 'derived') template[key] = null;
    else if (presence === 'default') template[key] = fallback;
    else if (presence === 'required') return undefined;
  }
  return template;
}

function startsWith(bytes: Uint8Array, at: number, text: Uint8Array): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text[i]) return false;
  return true;
}
