// SPDX-License-Identifier: GPL-2.0-or-later
/** Where lanes part: what is reported. */
import type { LogEvent } from '@specialbit/events';
import type { Feature } from '../arch/feature.js';

/**
 * What differs, the gravest first.
 * `crash`: the kernel dies in some lanes. `message`: it reports a bug or a warning. `decision`:
 * vm_normal_page() answers differently. `reference`, `mapcount`, `page`: counts, flags or content of a
 * frame. `pte`: present or not, the frame, write permission. `rss`. `vma`. `outcome`: return value,
 * signal, pages, calls of handlers. `process`: exists or not. `accessed-dirty`: only who sets young and
 * dirty, and when; `architecture`: what an architecture has of its own (VM_PAT, the special bit as such).
 * These two do not count as parting unless a comparison is strict.
 */
export type PartKind =
  | 'crash'
  | 'message'
  | 'decision'
  | 'reference'
  | 'mapcount'
  | 'page'
  | 'pte'
  | 'rss'
  | 'vma'
  | 'process'
  | 'outcome'
  | 'accessed-dirty'
  | 'architecture';

export const PART_KINDS: readonly PartKind[] = [
  'crash',
  'message',
  'decision',
  'reference',
  'mapcount',
  'pte',
  'page',
  'rss',
  'outcome',
  'vma',
  'process',
  'accessed-dirty',
  'architecture',
];

/** One thing that differs. */
export interface Part {
  readonly kind: PartKind;
  /** What it is about: `mm 0 ring[2]`, `P0`, `mm 0 MM_ANONPAGES`, `return value`. */
  readonly what: string;
  /** In which respect: `write`, `count`, `vm_flags` ... */
  readonly aspect: string;
  /** One value a lane, in the order of the lanes; null where a lane has none. */
  readonly values: readonly (string | null)[];
}

/** The things that differ after one event and have one root. */
export interface Divergence {
  /** Index of the event in the log, from 0; people count from 1 (`number`). */
  readonly index: number;
  readonly number: number;
  readonly event: LogEvent;
  /** The gravest kind among the parts. */
  readonly kind: PartKind;
  readonly parts: readonly Part[];
  /** Why, in words: which API took another branch, which step of a decision differed, by which bit, flag or frame. */
  readonly cause: string;
  /** Kernel features that tell apart lanes of one architecture; the first one is in `cause`. */
  readonly features: readonly Feature[];
  /** In a few words, to follow "at event 17: ". */
  readonly headline: string;
  /** Position in `Comparison.divergences` of the divergence from which this one only follows; its own when it is a root. */
  readonly root: number;
  /** Of the kinds that do not count as parting only. */
  readonly minor: boolean;
}

export function gravest(parts: readonly Part[]): PartKind {
  let best = PART_KINDS.length - 1;
  for (const part of parts) best = Math.min(best, PART_KINDS.indexOf(part.kind));
  return PART_KINDS[best]!;
}
