// SPDX-License-Identifier: GPL-2.0-or-later
/** Why an event did what it did, as text. */
import type { FlagChangeView, MergeView, Outcome, OutcomeExplanation, RangeView, ReasonView } from '@specialbit/core';
import { explainOutcome } from '@specialbit/core';
import type { Kernel } from '@specialbit/core/kernel';

/** `mm/vma.c, is_mergeable_vma()`; of a driver or the model in words. */
function placeText({ where, file, convention }: ReasonView): string {
  if (file === 'the driver') return `the driver's .${where}`;
  return convention ? `${where}(), by convention` : `${file}, ${where}()`;
}

/** `ring[0]`, with its process where there are several. */
function rangeText({ at, mm, start, end }: RangeView, several: boolean): string {
  const name = at.replace(/\[0\]$/, '');
  const range = `${start.slice(2)}-${end.slice(2)}`;
  const who = name.startsWith('0x') ? range : `${name} (${range})`;
  return several ? `mm ${mm} ${who}` : who;
}

/** One reason: what was so, who asked, and what to do about it. */
export function reasonLines(reason: ReasonView): string[] {
  const lines = [`${reason.condition} (${placeText(reason)})`];
  if (reason.kernels !== undefined) lines.push(`  ${reason.kernels}`);
  if (reason.change !== undefined) lines.push(`  to change it: ${reason.change}`);
  return lines;
}

/** `ring[0] gets VM_IO VM_PFNMAP and loses VM_LOCKED: ...`. */
function changeText(change: FlagChangeView, several: boolean): string {
  const flags = (names: string): string => names.replaceAll('|', ' ');
  const parts = [
    ...(change.set === '' ? [] : [`gets ${flags(change.set)}`]),
    ...(change.cleared === '' ? [] : [`loses ${flags(change.cleared)}`]),
  ];
  const { reason } = change;
  return `${rangeText(change, several)} ${parts.join(' and ')}: ${reason.condition} (${placeText(reason)})`;
}

function mergeText(merge: MergeView, several: boolean): string {
  return `merged with ${rangeText(merge, several)}: ${merge.reason.condition} (${placeText(merge.reason)})`;
}

/** `merged with ring, ->mmap not called`; undefined where no merge left out anything of the driver's. */
export function skippedText(k: Kernel, out: Outcome): string | undefined {
  if (out.skipped === null) return undefined;
  const { merges } = explainOutcome(k, out);
  const names = [...new Set(merges.map((merge) => rangeText(merge, false).replace(/ \(.*/, '')))];
  return `merged with ${names.join(' and ')}, ${SKIPPED[out.skipped]}`;
}

const SKIPPED: Readonly<Record<NonNullable<Outcome['skipped']>, string>> = {
  mmap_not_called: '->mmap not called',
  mmap_actions_dropped: "->mmap_prepare's actions not carried out",
  mmap_merged_after: 'after ->mmap had changed the flags',
};

/** All that an outcome says of why, a line each; those that begin with a blank go on with the one before. */
export function whyLines(k: Kernel, out: Outcome): string[] {
  const e = explainOutcome(k, out);
  return [...failureLines(e), ...effectLines(e, k.mms.size > 1)];
}

function failureLines({ reasons, messages }: OutcomeExplanation): string[] {
  const lines: string[] = [];
  for (const [i, reason] of reasons.entries()) {
    const [first, ...more] = reasonLines(reason);
    lines.push(`${i === 0 ? 'because ' : 'and so '}${first}`, ...more);
  }
  for (const { text, reason } of messages) {
    const [first, ...more] = reasonLines(reason);
    lines.push(`${text.replace(/ (?:pte|pmd|pud|pfn|type|addr):.*/, '')} because ${first}`, ...more);
  }
  return lines;
}

function effectLines({ changes, merges, unmerged, skipped }: OutcomeExplanation, several: boolean): string[] {
  const lines = changes.map((change) => changeText(change, several));
  lines.push(...merges.map((merge) => mergeText(merge, several)));
  for (const [side, reason] of Object.entries({ before: unmerged.left, behind: unmerged.right })) {
    if (reason !== null)
      lines.push(`not merged with the mapping ${side} it: ${reason.condition} (${placeText(reason)})`);
  }
  if (skipped !== null) lines.push(...reasonLines(skipped));
  return lines;
}
