// SPDX-License-Identifier: GPL-2.0-or-later
/** What came of the texts of a field, so that a text that comes again is neither made of its bytes nor decoded. */
import type { JsonCodec } from '../codecs/failure.js';
import { utf8 } from './utf8.js';

/** Slots to begin with; a power of two. At most half of them are used. */
const FEW = 64;
/** When there are more texts, remembering begins anew. */
const MOST = 1 << 16;
const NOWHERE = [] as const;

/** A hash table whose keys are looked up by their bytes; what does not fit into its slot is in one of the next. */
export class Remembered {
  private hashes = new Int32Array(FEW);
  private texts: (string | undefined)[] = empty(FEW);
  private values: unknown[] = empty(FEW);
  private count = 0;

  constructor(private readonly codec: JsonCodec<unknown>) {}

  /**
   * What the codec decodes the JSON in `bytes` from `start` to `end` to, whose hash is `hash`; undefined when it is none,
   * or not taken.
   */
  value(bytes: Uint8Array, start: number, end: number, hash: number): unknown {
    const { hashes, texts } = this;
    const last = hashes.length - 1;
    for (let slot = slotOf(hash) & last; ; slot = (slot + 1) & last) {
      const text = texts[slot];
      if (text === undefined) return this.decode(bytes, start, end, hash);
      if (hashes[slot] === hash && isText(text, bytes, start, end)) return this.values[slot];
    }
  }

  private decode(bytes: Uint8Array, start: number, end: number, hash: number): unknown {
    const text = utf8(bytes.subarray(start, end));
    if (text === undefined) return undefined;
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      return undefined;
    }
    const result = this.codec.validate(json, NOWHERE);
    if (result._tag === 'Left') return undefined;
    if (this.count >= MOST) this.resize(FEW, false);
    else if (2 * this.count >= this.texts.length) this.resize(4 * this.texts.length, true);
    this.put(hash, text, result.right);
    return result.right;
  }

  private put(hash: number, text: string, value: unknown): void {
    const { hashes, texts } = this;
    const last = hashes.length - 1;
    let slot = slotOf(hash) & last;
    while (texts[slot] !== undefined) slot = (slot + 1) & last;
    hashes[slot] = hash;
    texts[slot] = text;
    this.values[slot] = value;
    this.count++;
  }

  private resize(slots: number, keep: boolean): void {
    const { hashes, texts, values } = this;
    this.hashes = new Int32Array(slots);
    this.texts = empty(slots);
    this.values = empty(slots);
    this.count = 0;
    for (const [slot, text] of texts.entries()) {
      if (keep && text !== undefined) this.put(hashes[slot]!, text, values[slot]);
    }
  }
}

function empty(slots: number): undefined[] {
  return new Array<undefined>(slots).fill(undefined);
}

/** The low bits of the hash are the last letters' above all. */
function slotOf(hash: number): number {
  return hash ^ (hash >>> 15);
}

/** Are the bytes this text? */
export function isText(text: string, bytes: Uint8Array, start: number, end: number): boolean {
  const { length } = text;
  if (length !== end - start) return false;
  for (let i = 0; i < length; i++) if (text.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}
