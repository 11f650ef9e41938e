// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The smallest log known for each thing that can be shown. Corpora are merged as a union: of two logs that show one thing
 * the smaller stays, by an order that leaves no two logs equal, so that neither order nor number of merges matters.
 */
import { decodeEvent, formatEvent, type LogEvent } from '@specialbit/events';

/** Plain data. */
export interface Entry {
  /** What is shown: `way vm_normal_page: null_zero`, `message munmap: ...`. */
  readonly key: string;
  /** Lanes that show it together. */
  readonly lanes: readonly string[];
  /** Events in their canonical form, a line each. */
  readonly log: string;
}

export const logOf = (events: readonly LogEvent[]): string => events.map((event) => formatEvent(event)).join('\n');

/** Throws LogError. */
export const eventsOf = (log: string): LogEvent[] => log.split('\n').map((line) => decodeEvent(JSON.parse(line)));

const lengths = (log: string): number => log.split('\n').length;

/** Below 0: `a` is the smaller one, fewer events, then shorter, then earlier in the alphabet. */
export function bySize(a: Omit<Entry, 'key'>, b: Omit<Entry, 'key'>): number {
  return (
    lengths(a.log) - lengths(b.log) ||
    a.log.length - b.log.length ||
    compareText(a.log, b.log) ||
    a.lanes.length - b.lanes.length ||
    compareText(a.lanes.join(), b.lanes.join())
  );
}

/** By code units: the same on every machine, whatever its language. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export class Corpus {
  private readonly entries = new Map<string, Entry>();

  constructor(entries: Iterable<Entry> = []) {
    this.merge(entries);
  }

  get size(): number {
    return this.entries.size;
  }

  get(key: string): Entry | undefined {
    return this.entries.get(key);
  }

  merge(entries: Iterable<Entry>): void {
    for (const entry of entries) {
      const known = this.entries.get(entry.key);
      if (known === undefined || bySize(entry, known) < 0) this.entries.set(entry.key, entry);
    }
  }

  /** By key. */
  sorted(): Entry[] {
    return [...this.entries.values()].sort((a, b) => compareText(a.key, b.key));
  }
}

/** What two corpora have in common only where they are equal. */
export function digest(entries: readonly Entry[]): string {
  let a = 0x811c9dc5;
  let b = 0x2545f491;
  for (const { key, lanes, log } of entries) {
    const text = `${key}\n${lanes.join()}\n${log}\n`;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      a = Math.imul(a ^ code, 0x01000193);
      b = Math.imul(b ^ code, 0x85ebca6b) ^ (b >>> 15);
    }
  }
  const half = (n: number): string => (n >>> 0).toString(16).padStart(8, '0');
  return half(a) + half(b);
}
