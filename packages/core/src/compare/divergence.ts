// SPDX-License-Identifier: GPL-2.0-or-later
/** Where lanes part: what is reported. */
import type { LogEvent } from '@specialbit/events';
import type { Feature } from '../arch/feature.js';

/**
 * What differs, the gravest first.
 * `crash`: the kernel dies in some lanes. `signal`, `return`: what the process, or the driver, gets. `message`: the kernel
 * reports a bug or a warning. `process`: exists or not, or the event names what a lane does not have. `reference`,
 * `mapcount`: counts of a frame, leaks among them. `outcome`: pages, values, calls of handlers. `rss`. `decision`:
 * vm_normal_page() answers differently. `page`: flags or content of a frame. `vma`. `pte`: present or not, the frame,
 * write permission. `accessed-dirty`: only who sets young and dirty, and when; `architecture`: what an architecture has
 * of its own (VM_PAT, the special bit as such). These last two do not count as parting unless a comparison is strict.
 */
export const PART_KINDS = [
  'crash',
  'signal',
  'return',
  'message',
  'process',
  'reference',
  'outcome',
  'mapcount',
  'rss',
  'vma',
  'decision',
  'page',
  'pte',
  'accessed-dirty',
  'architecture',
] as const;

export type PartKind = (typeof PART_KINDS)[number];

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

/** One thing in which two lanes differ, exchanged. */
export interface ExchangedTrait {
  /** A kernel feature, a fact of an architecture or a property of entries or machines, by its name. */
  readonly name: string;
  readonly kind: string;
  /** The lane that got the other one's value. */
  readonly on: string;
  /** What the first of the two lanes has, and the other. */
  readonly values: readonly [string, string];
}

/** What was shown to part two lanes. */
export interface ProvedCause {
  readonly lanes: readonly [string, string];
  /** Exchanged together they make the difference go. */
  readonly traits: readonly ExchangedTrait[];
  /** `event`: exchanged at this event alone; `log`: exchanged from the start. */
  readonly scope: 'event' | 'log';
  /** Others that would do as well, each alone. */
  readonly also: readonly string[];
}

/** The things that differ after one event and have one cause. */
export interface Divergence {
  /** Index of the event in the log, from 0; people count from 1 (`number`). */
  readonly index: number;
  readonly number: number;
  readonly event: LogEvent;
  /** The gravest kind among the parts. */
  readonly kind: PartKind;
  readonly parts: readonly Part[];
  /**
   * How sure the cause is. `proved`: with it exchanged the difference goes. `follows`: it goes when earlier differences are
   * healed. `not found`: nothing that can be exchanged makes it go. `not tried`: minor, or too much was tried before.
   */
  readonly proof: 'proved' | 'follows' | 'not found' | 'not tried';
  /** Why, in words. */
  readonly cause: string;
  /** One for each two lanes that differ and have a cause; of what follows, the causes that it follows from. */
  readonly causes: readonly ProvedCause[];
  /** Earlier events, by their numbers, that have to be healed of the causes for it to go. */
  readonly healed: readonly number[];
  /** Kernel features among the causes. */
  readonly features: readonly Feature[];
  /** In a few words, to follow "at event 17: ". */
  readonly headline: string;
  /**
   * Position in `Comparison.divergences` of the first divergence with this cause: its own when it is the first. What
   * follows has that of the divergence from which it follows.
   */
  readonly root: number;
  /** Of the kinds that do not count as parting only. */
  readonly minor: boolean;
}

export function gravest(parts: readonly Part[]): PartKind {
  let best = PART_KINDS.length - 1;
  for (const part of parts) best = Math.min(best, PART_KINDS.indexOf(part.kind));
  return PART_KINDS[best]!;
}

/** The gravest first. */
export function byGravity(a: { readonly kind: PartKind }, b: { readonly kind: PartKind }): number {
  return PART_KINDS.indexOf(a.kind) - PART_KINDS.indexOf(b.kind);
}
