// SPDX-License-Identifier: GPL-2.0-or-later
/** What came of a suite on one lane. */
import type { ReasonView } from '@specialbit/core';

/**
 * `works`; `refused`: an error or a signal, and nothing is spoiled; `wrong`: it says that it succeeded, and what was asked for is
 * not so; `leaks`: references stay behind; `freed`: a page goes to the allocator, or loses a reference, while the driver has it;
 * `reports`: the kernel complains; `dies`: BUG or oops; `absent`: the kernel has no such call.
 */
export type VerdictKind = 'works' | 'absent' | 'refused' | 'wrong' | 'leaks' | 'freed' | 'reports' | 'dies';

/** From what can be lived with to what cannot. */
export const SEVERITY: readonly VerdictKind[] = [
  'works',
  'absent',
  'refused',
  'wrong',
  'leaks',
  'freed',
  'reports',
  'dies',
];

/** What nobody may ship: nothing of this is a clean refusal. */
export const isHarmful = (kind: VerdictKind): boolean => SEVERITY.indexOf(kind) >= SEVERITY.indexOf('wrong');

export interface Verdict {
  readonly kind: VerdictKind;
  /** `-EFAULT`, `SIGBUS`, `P0 keeps 1 reference`; empty for what works. */
  readonly found: string;
  /** The event at which it came out, as a line; empty for what works. */
  readonly event: string;
  /** What was wanted there. */
  readonly wanted: string;
  /** Why, innermost first. */
  readonly reasons: readonly ReasonView[];
}

export const WORKS: Verdict = { kind: 'works', found: '', event: '', wanted: '', reasons: [] };

/** Two lanes that came to the same. */
export const verdictKey = ({ kind, found, reasons }: Verdict): string =>
  `${kind} ${found} ${reasons.map(({ name }) => name).join(' ')}`;

export const worst = (verdicts: readonly Verdict[]): Verdict =>
  verdicts.reduce((a, b) => (SEVERITY.indexOf(b.kind) > SEVERITY.indexOf(a.kind) ? b : a), WORKS);
