// SPDX-License-Identifier: GPL-2.0-or-later
/** Why an event did what it did, as text. */
import type { FlagChangeView, MergeView, Outcome, OutcomeExplanation, RangeView, ReasonView } from '@specialbit/core';
import { explainOutcome } from '@specialbit/core';
import type { Kernel } from '@specialbit/core/kernel';

/** `mm/vma.c, is_mergeable_vma()`; of a driver or the model in words. */
function placeText({ where, file, convention }: ReasonView): string {
  if (file === 'the driver') return `the driver's .${where}`;
  if (file === 'the architecture') return `the architecture's ${where.replaceAll('-', ' ')}`;
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
  for (const { said, reason, addresses } of foldMessages(messages)) {
    const [first, ...more] = reasonLines(reason);
    const at = addresses.length === 0 ? '' : ` at ${placesText(addresses)}`;
    lines.push(`${said}${at} because ${first}`, ...more);
  }
  return lines;
}

interface FoldedMessage {
  readonly said: string;
  readonly reason: ReasonView;
  readonly addresses: string[];
}

/** Messages that say the same for the same reason as one, with the addresses that they name. */
function foldMessages(messages: OutcomeExplanation['messages']): Iterable<FoldedMessage> {
  const folded = new Map<string, FoldedMessage>();
  for (const { text, reason } of messages) {
    const said = text.replace(/ (?:pte|pmd|pud|pfn|type|addr):.*/, '');
    const address = / addr:0*([0-9a-f]+)/.exec(text)?.[1];
    // what names no address is not known to be of the same place
    const key = address === undefined ? text : `${said} ${reason.name}`;
    const same = folded.get(key) ?? { said, reason, addresses: [] };
    folded.set(key, same);
    if (address !== undefined) same.addresses.push(address);
  }
  return folded.values();
}

/** Addresses that are named one by one; of more only the first ones and how many there are. */
const NAMED_ADDRESSES = 4;

function placesText(addresses: readonly string[]): string {
  const named = addresses.slice(0, NAMED_ADDRESSES).join(', ');
  const left = addresses.length - NAMED_ADDRESSES;
  return left > 0 ? `${named} and ${left} more` : named;
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
