// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The yardstick of `reduce`: a reducer over typed arrays that looks at each event's type, process and page,
 * finds the page by its label, and then makes the very writes to page-table entries and to frames' counters
 * that the model made. It decides nothing, knows beforehand what to write, and can go nowhere but forward.
 */
import { createWorld, kernelOptions, type LaneOptions, Player } from '@specialbit/core';
import { F, type TouchRecorder } from '@specialbit/core/kernel';
import type { LogEvent, Place } from '@specialbit/events';

/** Fields of a frame that are looked at. */
const FIELDS = Object.values(F);

export interface Writes {
  /** Number of the first write of each event; one more at the end. */
  readonly starts: Int32Array;
  /** Where each write goes: the number of an entry, or of a frame's field with `isFrame`. */
  readonly at: Int32Array;
  readonly isFrame: Uint8Array;
  readonly lo: Float64Array;
  readonly hi: Int32Array;
  /** Something to find a page by. */
  readonly labels: ReadonlyMap<string, number>;
  readonly entries: number;
  readonly fields: number;
}

/** Runs the events in the model and notes what each one left changed. */
export function noteWrites(lane: LaneOptions, events: readonly LogEvent[]): Writes {
  const options = kernelOptions(lane);
  const player = new Player(options, createWorld(lane));
  const starts: number[] = [];
  const at: number[] = [];
  const isFrame: number[] = [];
  const lo: number[] = [];
  const hi: number[] = [];
  const entries = new Map<string, number>();
  const frames = new Map<number, number>();
  const numberOf = <K>(numbers: Map<K, number>, key: K): number => {
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    return number;
  };
  const ptes = new Map<string, { mm: number; vpn: number }>();
  const touched = new Map<number, readonly number[]>();
  const recorder: TouchRecorder = {
    // the workloads map nothing above the PTE level
    entry: (mm, _level, vpn) => ptes.set(`${mm} ${vpn}`, { mm, vpn }),
    frame: (pfn, leaf, first) => {
      if (!touched.has(pfn)) touched.set(pfn, leaf.slice(first, first + FIELDS.length));
    },
    vma: () => undefined,
  };
  const write = (frame: boolean, where: number, first: number, second: number): void => {
    at.push(where);
    isFrame.push(frame ? 1 : 0);
    lo.push(first);
    hi.push(second);
  };
  const labels = new Map<string, number>();
  for (const event of events) {
    if ('label' in event && event.label !== undefined) labels.set(event.label, labels.size);
    starts.push(at.length);
    ptes.clear();
    touched.clear();
    player.kernel.record(recorder);
    player.step(event);
    const k = player.kernel;
    for (const [key, { mm, vpn }] of ptes) {
      const process = k.mms.get(mm);
      const pte = process === undefined ? { lo: 0, hi: 0 } : k.peek(process, vpn);
      write(false, numberOf(entries, key), pte.lo, pte.hi);
    }
    for (const [pfn, before] of touched) {
      for (const field of FIELDS) {
        const value = k.frames.get(pfn, field);
        if (value !== before[field]) write(true, numberOf(frames, pfn) * FIELDS.length + field, value, 0);
      }
    }
  }
  starts.push(at.length);
  return {
    starts: Int32Array.from(starts),
    at: Int32Array.from(at),
    isFrame: Uint8Array.from(isFrame),
    lo: Float64Array.from(lo),
    hi: Int32Array.from(hi),
    labels,
    entries: entries.size,
    fields: frames.size * FIELDS.length,
  };
}

/** Goes through the events; returns something that depends on all of them, so that nothing is left out. */
export function runBare(events: readonly LogEvent[], writes: Writes): number {
  const { starts, at, isFrame, lo, hi, labels, entries, fields } = writes;
  const ptes = new Int32Array(2 * entries);
  const counters = new Float64Array(fields);
  let sum = 0;
  for (let i = 0; i < events.length; i++) {
    const event = events[i]!;
    switch (event.type) {
      case 'access':
      case 'munmap':
      case 'mprotect':
      case 'madvise':
        sum += event.mm + placeOf(labels, event.at);
        break;
      case 'fork':
      case 'exit':
        sum += event.mm;
        break;
      default:
        sum++;
    }
    const end = starts[i + 1]!;
    for (let w = starts[i]!; w < end; w++) {
      const where = at[w]!;
      if (isFrame[w] === 1) {
        counters[where] = lo[w]!;
      } else {
        ptes[2 * where] = lo[w]!;
        ptes[2 * where + 1] = hi[w]!;
      }
    }
  }
  return sum + (ptes[0] ?? 0) + (counters[0] ?? 0);
}

function placeOf(labels: ReadonlyMap<string, number>, at: Place): number {
  return 'addr' in at ? at.addr : labels.get(at.label)! + at.page;
}
