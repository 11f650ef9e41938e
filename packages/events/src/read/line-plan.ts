// SPDX-License-Identifier: GPL-2.0-or-later
/** How the lines of one type of events are read from their bytes: made of the table of fields of its codec. */
import type * as t from 'io-ts';
import { EVENT_CODECS } from '../codecs/event.js';
import type { JsonCodec } from '../codecs/failure.js';
import { NaturalType } from '../codecs/primitives.js';
import { type RecordRow, type RecordTable, RecordType } from '../codecs/record.js';
import { Remembered } from './remembered.js';
import { utf8Bytes } from './utf8.js';

/** A field that may follow. */
export interface PlanField {
  readonly key: string;
  /** `,"key":` */
  readonly bytes: Uint8Array;
  readonly presence: RecordRow['presence'];
  readonly fallback: unknown;
  readonly derive: ((record: object) => unknown) | undefined;
  /** The highest number that decodes to itself; -1: numbers are not for this field. */
  readonly max: number;
  /** What `true` and `false` decode to; undefined: not taken. */
  readonly yes: unknown;
  readonly no: unknown;
  /** `false` says the same as absence, and is left out. */
  readonly dropsFalse: boolean;
  readonly remembered: Remembered;
}

export interface LinePlan {
  readonly type: string;
  readonly constants: Readonly<Record<string, unknown>>;
  /** In the order of the table, in which canonical lines have them. */
  readonly fields: readonly PlanField[];
  readonly check: ((event: object, context: t.Context) => t.Validation<object>) | undefined;
  /** An event to be copied for each set of fields that are there: bit `i` is that of the i-th field. */
  readonly templates: Map<number, Record<string, unknown>>;
}

const NOWHERE = [] as const;

/** Plans of one reading; fields of one codec share what they remember. */
export class LinePlans {
  private readonly plans = new Map<string, LinePlan | undefined>();
  private readonly remembered = new Map<JsonCodec<unknown>, Remembered>();

  /** Undefined for what is no type of events, or is not read by a table. */
  of(type: string): LinePlan | undefined {
    if (!this.plans.has(type)) {
      const codec = EVENT_CODECS.get(type);
      this.plans.set(type, codec instanceof RecordType ? this.plan(type, codec.told) : undefined);
    }
    return this.plans.get(type);
  }

  private plan(type: string, { tag, constants, rows, check, former }: RecordTable): LinePlan | undefined {
    // the sets of fields are 32 bits
    if (former !== undefined || tag !== type || rows.length > 30) return undefined;
    return { type, constants, fields: rows.map((row) => this.field(row)), check, templates: new Map() };
  }

  private field({ key, codec, presence, fallback, derive, keepFalse }: RecordRow): PlanField {
    let remembered = this.remembered.get(codec);
    if (remembered === undefined) {
      remembered = new Remembered(codec);
      this.remembered.set(codec, remembered);
    }
    const no = decoded(codec, false);
    return {
      key,
      bytes: utf8Bytes(`,${JSON.stringify(key)}:`),
      presence,
      fallback,
      derive,
      max: codec instanceof NaturalType ? codec.told : -1,
      yes: decoded(codec, true),
      no,
      dropsFalse: presence === 'optional' && keepFalse !== true,
      remembered,
    };
  }
}

function decoded(codec: JsonCodec<unknown>, json: unknown): unknown {
  const result = codec.validate(json, NOWHERE);
  return result._tag === 'Left' ? undefined : result.right;
}
