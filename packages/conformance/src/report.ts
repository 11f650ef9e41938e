// SPDX-License-Identifier: GPL-2.0-or-later
/** What the kit found out about one architecture. */

export type CheckGroup = 'law' | 'vectors' | 'behaviour';

/**
 * `holds`. `accepted`: it does not, and the layout's `accepted` says why. `fails`. `left out`: it says
 * nothing about this architecture (no special bit, no vectors given).
 */
export type CheckOutcome = 'holds' | 'accepted' | 'fails' | 'left out';

export interface Check {
  readonly group: CheckGroup;
  /** `mkdirty/effect`: what a layout's `accepted` calls it. */
  readonly name: string;
  /** One sentence: what must hold. */
  readonly title: string;
  readonly outcome: CheckOutcome;
  /** Samples, vectors or events that were tried. */
  readonly tried: number;
  /** `fails`, `accepted`: what was expected and what was found. Else why it was left out, or empty. */
  readonly detail: string;
}

export interface Report {
  /** The architecture's name and title, and whether its entries have a special bit. */
  readonly arch: string;
  readonly title: string;
  readonly special: boolean;
  readonly checks: readonly Check[];
  /** No check fails. */
  readonly ok: boolean;
}

/** How many checks came out how. */
export function countChecks(report: Report): { readonly [outcome in CheckOutcome]: number } {
  const counts = { holds: 0, accepted: 0, fails: 0, 'left out': 0 };
  for (const check of report.checks) counts[check.outcome]++;
  return counts;
}
