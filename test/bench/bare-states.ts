// SPDX-License-Identifier: GPL-2.0-or-later
/** A breadth-first search that does next to nothing: states of 64 bytes in typed arrays, and which were met. */
import { processorTime } from './clock.js';

/** Numbers of a state. */
const WORDS = 16;
/** Ways on from each. */
const WAYS = 8;

/** Seconds of processor time a distinct state of `count`. */
export function bareStates(count: number): number {
  const start = processorTime();
  const slots = 1 << Math.ceil(Math.log2(count * 2));
  const states = new Int32Array(count * WORDS);
  const met = new Int32Array(slots).fill(-1);
  const next = new Int32Array(WORDS);
  let size = 1;
  for (let at = 0; at < size && size < count; at++) {
    for (let way = 0; way < WAYS && size < count; way++) {
      next.set(states.subarray(at * WORDS, (at + 1) * WORDS));
      next[way * 2] = next[way * 2]! + 1;
      let slot = hash(next) & (slots - 1);
      while (met[slot]! >= 0 && !same(states, met[slot]! * WORDS, next)) slot = (slot + 1) & (slots - 1);
      if (met[slot]! >= 0) continue;
      met[slot] = size;
      states.set(next, size * WORDS);
      size++;
    }
  }
  return (processorTime() - start) / 1e6 / size;
}

function hash(words: Int32Array): number {
  let a = 0x9e3779b9 | 0;
  for (let i = 0; i < words.length; i++) a = Math.imul(a ^ words[i]!, 0x01000193) ^ (a >>> 15);
  return a ^ (a >>> 13);
}

function same(states: Int32Array, at: number, words: Int32Array): boolean {
  for (let i = 0; i < words.length; i++) if (states[at + i] !== words[i]) return false;
  return true;
}
