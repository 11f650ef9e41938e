// SPDX-License-Identifier: GPL-2.0-or-later
/** A difference as found, before it is told what it follows from. */
import type { Part, PartKind } from './divergence.js';
import type { Thing } from './open-differences.js';
import type { PageKey } from './page-key.js';

export interface Draft {
  readonly part: Part;
  /** The thing that differs; the same for all respects in which it does. */
  readonly thing: Thing;
  /** Equal while the difference is the same one. */
  readonly signature: string;
  /** The page that it is about, or at which the VMA begins. */
  readonly at: PageKey | undefined;
  readonly minor: boolean;
  /** `took a reference on arm`: what the event did to the count. */
  readonly move: string | undefined;
}

/** Collects what differs about one thing after another. */
export class Drafts {
  readonly list: Draft[] = [];
  private readonly seen = new Set<Thing>();

  /** `strict`: what hardware records of accesses counts like everything else. */
  constructor(private readonly strict: boolean) {}

  /** False when the thing was looked at before in this event. */
  first(thing: Thing): boolean {
    if (this.seen.has(thing)) return false;
    this.seen.add(thing);
    return true;
  }

  /** For the next event. */
  clear(): void {
    if (this.list.length > 0) this.list.length = 0;
    if (this.seen.size > 0) this.seen.clear();
  }

  add(
    kind: PartKind,
    thing: Thing,
    what: string,
    aspect: string,
    values: readonly (string | number | null)[],
    at?: PageKey,
    move?: string,
  ): void {
    const texts = values.map((value) => (value === null ? null : String(value)));
    this.list.push({
      part: { kind, what, aspect, values: texts },
      thing,
      signature: signatureOf(values),
      at,
      minor: !this.strict && (kind === 'accessed-dirty' || kind === 'architecture'),
      move,
    });
  }
}

/** Numbers that move together keep their difference. */
function signatureOf(values: readonly (string | number | null)[]): string {
  const first = values[0];
  return values
    .map((value) => (typeof value === 'number' && typeof first === 'number' ? value - first : value))
    .join('|');
}

/** Are all values the same? */
export function same<T>(values: readonly T[]): boolean {
  return values.every((value) => value === values[0]);
}
