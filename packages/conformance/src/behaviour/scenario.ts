// SPDX-License-Identifier: GPL-2.0-or-later
/** A small log with what must come of it. */
import type { Architecture } from '@specialbit/core/arch';

export interface Scenario {
  /** `behaviour/...`: what a layout's `accepted` calls it. */
  readonly name: string;
  /** One sentence: what it asks. */
  readonly title: string;
  /** Events in JSON Lines; the file `dev` is a device, `tmp` a file in memory of two pages. */
  readonly log: string;
  readonly expect:
    | { readonly always: readonly string[] }
    /** With and without a special bit in a PTE (or what `by` asks). */
    | { readonly bit: readonly string[]; readonly none: readonly string[] };
  /** What decides between the two expectations; absent: the special bit. */
  readonly by?: (arch: Architecture) => boolean;
}
