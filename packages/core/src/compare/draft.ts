/** A difference as found, before it is told what it follows from. */
import type { Part, PartKind } from './divergence.js';

export interface Draft {
  readonly part: Part;
  /** The thing that differs; the same for all respects in which it does. */
  readonly thing: string;
  /** Equal while the difference is the same one. */
  readonly signature: string;
  /** The page of a mapping that it is about. */
  readonly page: string | undefined;
  readonly minor: boolean;
}

/** Collects what differs about one thing after another. */
export class Drafts {
  readonly list: Draft[] = [];
  private readonly seen = new Set<string>();

  /** `strict`: what hardware records of accesses counts like everything else. */
  constructor(private readonly strict: boolean) {}

  /** False when the thing was looked at before in this event. */
  first(thing: string): boolean {
    if (this.seen.has(thing)) return false;
    this.seen.add(thing);
    return true;
  }

  add(
    kind: PartKind,
    thing: string,
    what: string,
    aspect: string,
    values: readonly (string | number | null)[],
    page?: string,
  ): void {
    const texts = values.map((value) => (value === null ? null : String(value)));
    this.list.push({
      part: { kind, what, aspect, values: texts },
      thing,
      signature: signatureOf(values),
      page,
      minor: !this.strict && (kind === 'accessed-dirty' || kind === 'architecture'),
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
