// SPDX-License-Identifier: GPL-2.0-or-later
import type { Pte } from './contract.js';
import type { Field } from './layout.js';

/** Numbers spread over an entry: pfn, swap type and offset. Values are plain numbers below 2^53. */
export interface FieldCodec {
  get(p: Readonly<Pte>): number;
  /** Or-s (xors) the value's bits into the entry; bits that no field takes are lost, as in C. */
  or(p: Pte, value: number): void;
  xor(p: Pte, value: number): void;
}

/** A run of bits that lies in one half of the entry and in one half of the value. */
interface Segment {
  readonly pteHigh: boolean;
  readonly pteBit: number;
  readonly valueHigh: boolean;
  readonly valueBit: number;
  /** As a signed 32-bit integer, at bit 0. */
  readonly mask: number;
}

const TWO_32 = 0x1_0000_0000;

export function compileFields(fields: readonly Field[]): FieldCodec {
  const only = fields[0];
  if (fields.length === 1 && only && only.from === 0) {
    if (only.at + only.count <= 32) return lowField(only.at, only.count);
    if (only.at > 0 && only.at < 32 && only.count > 32 - only.at && only.count <= 53)
      return straddlingField(only.at, only.count);
  }
  return segmentedField(fields.flatMap(segments));
}

const lowMask = (count: number): number => (count >= 32 ? -1 : (1 << count) - 1);

/** The common shape of a 32-bit entry: one field from some bit up. */
function lowField(at: number, count: number): FieldCodec {
  const mask = lowMask(count);
  return {
    get: (p) => ((p.lo >>> at) & mask) >>> 0,
    or(p, value) {
      p.lo |= (value & mask) << at;
    },
    xor(p, value) {
      p.lo ^= (value & mask) << at;
    },
  };
}

/** The common shape of a 64-bit entry: one field that begins in the low half and ends in the high half. */
function straddlingField(at: number, count: number): FieldCodec {
  const lowCount = 32 - at;
  const scale = 2 ** lowCount;
  const lowPart = lowMask(lowCount);
  const highPart = lowMask(count - lowCount);
  return {
    get: (p) => ((p.hi & highPart) >>> 0) * scale + (p.lo >>> at),
    or(p, value) {
      p.lo |= (value & lowPart) << at;
      p.hi |= Math.floor(value / scale) & highPart;
    },
    xor(p, value) {
      p.lo ^= (value & lowPart) << at;
      p.hi ^= Math.floor(value / scale) & highPart;
    },
  };
}

function segmentedField(list: readonly Segment[]): FieldCodec {
  const spread = (value: number, high: boolean): number => {
    const lo = value | 0;
    const hi = ((value - (value >>> 0)) / TWO_32) | 0;
    let half = 0;
    for (const s of list) {
      if (s.pteHigh === high) half |= (((s.valueHigh ? hi : lo) >>> s.valueBit) & s.mask) << s.pteBit;
    }
    return half;
  };
  return {
    get(p) {
      let lo = 0;
      let hi = 0;
      for (const s of list) {
        const part = (((s.pteHigh ? p.hi : p.lo) >>> s.pteBit) & s.mask) << s.valueBit;
        if (s.valueHigh) hi |= part;
        else lo |= part;
      }
      return (hi >>> 0) * TWO_32 + (lo >>> 0);
    },
    or(p, value) {
      p.lo |= spread(value, false);
      p.hi |= spread(value, true);
    },
    xor(p, value) {
      p.lo ^= spread(value, false);
      p.hi ^= spread(value, true);
    },
  };
}

/** Cuts a field where the entry's or the value's halves meet. */
function segments({ at, count, from }: Field): Segment[] {
  const list: Segment[] = [];
  for (let done = 0; done < count; ) {
    const pteBit = at + done;
    const valueBit = from + done;
    const length = Math.min(count - done, 32 - (pteBit % 32), 32 - (valueBit % 32));
    list.push({
      pteHigh: pteBit >= 32,
      pteBit: pteBit % 32,
      valueHigh: valueBit >= 32,
      valueBit: valueBit % 32,
      mask: lowMask(length),
    });
    done += length;
  }
  return list;
}
