// SPDX-License-Identifier: GPL-2.0-or-later
/** What two lanes part for, in the shortest logs there are. */
import type { NamedLane } from '@specialbit/core';
import { encodeEvent } from '@specialbit/events';
import { alphabet, goalNamed, SEARCH_FILES, search } from '@specialbit/search';
import { EMPTY, encodeLink } from '@specialbit/viewer';
import { causeKey, foundLog, logLines } from './found-log.js';

export interface LedgerOptions {
  readonly depth: number;
  readonly pages: number;
  readonly frames: readonly string[];
  readonly base: string;
}

/** A cause for which two lanes part. */
export interface LedgerCause {
  /** What differs, in a sentence. */
  readonly headline: string;
  /** Why: features, facts and properties that were exchanged; empty where none was proved. */
  readonly names: readonly string[];
  readonly proof: string;
  readonly events: readonly unknown[];
  readonly link: string;
}

export interface LedgerPair {
  readonly lanes: readonly [string, string];
  readonly depth: number;
  readonly states: number;
  readonly causes: readonly LedgerCause[];
}

/** Throws SearchError. */
export async function pairOf(lanes: readonly [NamedLane, NamedLane], options: LedgerOptions): Promise<LedgerPair> {
  const { depth, pages, frames, base } = options;
  const letters = alphabet({ pages, frames });
  const found = search(lanes, letters, goalNamed('parts'), { depth, all: true });
  const [a, b] = lanes;
  const causes = new Map<string, LedgerCause>();
  for (const { kind, events } of found.findings) {
    const log = foundLog(lanes, kind, events);
    const key = causeKey(log);
    if (causes.has(key)) continue;
    const [first] = log.divergences;
    const header = {
      specialbit: 1,
      title: first?.headline ?? kind,
      arch: [a.name, b.name],
      files: SEARCH_FILES,
    } as const;
    const text = logLines(header, log)
      .map((line) => `${line}\n`)
      .join('');
    causes.set(key, {
      headline: first?.headline ?? kind,
      names: [...new Set(first?.causes.flatMap(({ traits }) => traits.map(({ name }) => name)))],
      proof: first?.proof ?? '',
      events: events.map((event) => encodeEvent(event)),
      link: `${base}#${await encodeLink({ ...EMPTY, log: text, at: events.length })}`,
    });
  }
  return { lanes: [a.name, b.name], depth: found.depth, states: found.distinct, causes: [...causes.values()] };
}
