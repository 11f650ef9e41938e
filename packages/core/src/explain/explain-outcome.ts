// SPDX-License-Identifier: GPL-2.0-or-later
/** Why an event returned what it returned, and why it changed flags, merged mappings and made the kernel speak. */
import type { Feature } from '../arch/feature.js';
import { hexAddress } from '../kernel/base/format.js';
import type { Kernel } from '../kernel/base/kernel.js';
import type { Outcome } from '../kernel/base/outcome.js';
import { REASONS, type ReasonName } from '../kernel/reason/index.js';
import type { Reason } from '../kernel/reason/reason.js';
import { FEATURES } from '../profile/features.js';
import { formOn, type NamedKernel } from '../profile/form-on.js';
import { flagNames } from './names.js';

/** A reason in the words of the kernel that gave it. */
export interface ReasonView {
  readonly name: ReasonName;
  /** The kernel function that asks, and its file; of a driver or the model, what stands for it. */
  readonly where: string;
  readonly file: string;
  readonly condition: string;
  /** What the log could do otherwise. */
  readonly change?: string;
  /** True where no kernel function decides this, but a convention of the model, or the log. */
  readonly convention: boolean;
  /** What other kernels do: which feature decides it. */
  readonly kernels?: string;
}

/** A range of pages with its place: `ring[0]`, or the address. */
export interface RangeView {
  readonly mm: number;
  readonly at: string;
  readonly start: string;
  /** Behind its last byte. */
  readonly end: string;
}

export interface FlagChangeView extends RangeView {
  /** `VM_IO|VM_PFNMAP`; empty for none. */
  readonly set: string;
  readonly cleared: string;
  readonly reason: ReasonView;
}

export interface MergeView extends RangeView {
  readonly reason: ReasonView;
}

export interface OutcomeExplanation {
  /** Innermost first: why it failed, or what the kernel died of. Empty after a success. */
  readonly reasons: readonly ReasonView[];
  readonly messages: readonly { readonly text: string; readonly reason: ReasonView }[];
  readonly changes: readonly FlagChangeView[];
  /** Neighbours that a range merged with, as they were before. */
  readonly merges: readonly MergeView[];
  /** What kept a neighbour apart where a merge was tried; null where none was adjacent. */
  readonly unmerged: { readonly left: ReasonView | null; readonly right: ReasonView | null };
  /** What a merge did not let the driver do. */
  readonly skipped: ReasonView | null;
}

/** Everything that an outcome says of why; `k`: the kernel after the event. */
export function explainOutcome(k: Kernel, out: Outcome): OutcomeExplanation {
  const view = (name: ReasonName): ReasonView => reasonView(k, name);
  const maybe = (name: ReasonName | null): ReasonView | null => (name === null ? null : view(name));
  return {
    reasons: out.reasons.map(view),
    messages: out.messages.map(({ text, reason }) => ({ text, reason: view(reason) })),
    changes: out.changes.map(({ set, cleared, reason, ...range }) => ({
      ...rangeView(k, range),
      set: flagNames(set, k),
      cleared: flagNames(cleared, k),
      reason: view(reason),
    })),
    merges: out.merges.map(({ reason, ...range }) => ({ ...rangeView(k, range), reason: view(reason) })),
    unmerged: { left: maybe(out.unmerged_left), right: maybe(out.unmerged_right) },
    skipped: maybe(out.skipped),
  };
}

/** A reason as it is on the kernel `k`, where its function may have another name. */
export function reasonView(k: NamedKernel, name: ReasonName): ReasonView {
  const { where, file, condition, change, convention } = formOn<Reason>(k, REASONS[name]);
  const kernels = kernelsOf(REASONS[name]);
  return {
    name,
    where,
    file,
    condition,
    ...(change === undefined ? {} : { change }),
    convention: convention === true,
    ...(kernels === undefined ? {} : { kernels }),
  };
}

/** `kernels before 6.16 only; since then ...`: which of them can answer so. */
function kernelsOf({ since, until }: Reason): string | undefined {
  if (since !== undefined) {
    const { name, since: origin, without, evidence }: Feature = FEATURES[since];
    if (evidence === 'proposed') return `only with ${name}, which is proposed; without it, ${without}`;
    return `since ${origin.version} (${name}); before, ${without}`;
  }
  if (until === undefined) return undefined;
  const { name, since: origin, summary }: Feature = FEATURES[until];
  return `before ${origin.version} (${name}); since then, ${summary}`;
}

function rangeView(
  k: Kernel,
  { mm, start, end }: { readonly mm: number; readonly start: number; readonly end: number },
): RangeView {
  const hex = `0x${hexAddress(k.arch, start)}`;
  const at = k.mms.get(mm)?.placeName(start) ?? hex;
  return { mm, at, start: hex, end: `0x${hexAddress(k.arch, end)}` };
}
