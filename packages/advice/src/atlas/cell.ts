// SPDX-License-Identifier: GPL-2.0-or-later
/** What one operation did on one lane, in a phrase: read off its outcome and the worlds before and behind it. */
import {
  flagNames,
  LEVEL_NAMES,
  MM_COUNTER_NAMES,
  type NamedLane,
  type Outcome,
  type ReasonView,
  reasonView,
} from '@specialbit/core';
import {
  describeEntry,
  describeFrame,
  entryAt,
  type Kernel,
  page_mapped_exclusively,
  smapsOf,
  vmFlags,
} from '@specialbit/core/kernel';
import { pteBits } from '@specialbit/view';
import type { Json } from '../scene.js';
import type { Starts } from '../trial.js';
import { hasFailed, nothingNamed, played, returnedText, step } from './acts.js';
import { migrationText } from './migration.js';
import type { Operation } from './operations.js';

export interface Cell {
  /** `-EFAULT`, `unmapped, count 2 to 1`. */
  readonly text: string;
  /** Why it was refused, or the kernel complained. */
  readonly reasons: readonly ReasonView[];
  /** The mapping could not be made, or populated: nothing was done. */
  readonly impossible: boolean;
  /** It returned an error, sent a signal, or killed the kernel. */
  readonly failed: boolean;
}

export interface Acts {
  readonly before: readonly Json[];
  readonly act: Json;
  readonly mm?: number;
  readonly label?: string;
  readonly proc?: Operation['proc'];
}

export function cellOf(lane: NamedLane, acts: Acts, starts: Starts): Cell {
  const { player, outcome: first, failed: why } = played(lane, acts.before, starts);
  if (why !== undefined) return { text: why, reasons: reasonsOf(player.kernel, first), impossible: true, failed: true };
  const k = player.kernel;
  const label = acts.label ?? 'm';
  const before = look(k, 0, 'm');
  const others = acts.mm === undefined ? before : k.mms.has(acts.mm) ? look(k, acts.mm, 'm') : undefined;
  const outcome = step(player, acts.act);
  if (outcome === undefined) return { text: nothingNamed(acts.act), reasons: [], impossible: true, failed: true };
  const reasons = reasonsOf(k, outcome);
  const failed = hasFailed(outcome);
  const parts: string[] = [];
  if (acts.proc === 'coredump') {
    // vma_dump_size() (fs/coredump.c) asks for the flags, and then get_dump_page() for the page
    const left = flagsOf(k) & (vmFlags.VM_IO | vmFlags.VM_DONTDUMP);
    const text =
      left !== 0 ? `left out: ${flagNames(left, k)}` : failed ? `a hole: ${returnedText(outcome)}` : 'the page';
    return { text, reasons: left !== 0 ? [] : reasons, impossible: false, failed };
  }
  if (failed) parts.push(returnedText(outcome));
  for (const { text } of outcome.messages) parts.push(shortened(text));
  if (!failed && acts.proc !== undefined) parts.push(procText(k, acts.proc));
  else if (!failed && RETURNS.has(String(acts.act.type))) parts.push(String(outcome.ret));
  const [, pfn_mkwrite, page_mkwrite] = outcome.calls;
  if (pfn_mkwrite + page_mkwrite > 0) parts.push('the driver hears of it');
  if (outcome.follow !== null) parts.push(outcome.follow.special ? 'finds it, special' : 'finds it');
  if (outcome.crash === null && acts.proc === undefined) {
    const mm = acts.mm ?? 0;
    const known = k.mms.has(mm);
    const after = look(k, mm, failed ? 'm' : label);
    if (known && !failed && label !== 'm') parts.push('moves');
    if (known) parts.push(...changes(k, others, after));
    if (!before.vma) {
      const set = helpersFlags(outcome);
      if (set !== 0) parts.push(`sets ${flagNames(set, k)}`);
    }
    parts.push(...countText(k, before.frame, before.counts));
  }
  return { text: parts.length === 0 ? 'succeeds' : parts.join(', '), reasons, impossible: false, failed };
}

/** Events whose return value is a number that tells something. */
const RETURNS: ReadonlySet<string> = new Set([
  'pin_user_pages',
  'pin_user_pages_fast',
  'get_user_pages',
  'get_user_pages_fast',
  'get_user_pages_fast_only',
  'access_process_vm',
]);

/** vm_flags of the mapping. */
function flagsOf(k: Kernel): number {
  const mm = k.mms.get(0);
  const vpn = mm?.startOf('m');
  return (vpn === undefined ? undefined : mm?.vma_lookup(vpn))?.vm_flags ?? 0;
}

function reasonsOf(k: Kernel, outcome: Outcome | undefined): ReasonView[] {
  if (outcome === undefined) return [];
  const names = [...outcome.reasons.slice(0, 1), ...outcome.messages.map(({ reason }) => reason)];
  return [...new Set(names)].map((name) => reasonView(k, name));
}

/** Without the numbers of one machine. */
const shortened = (text: string): string =>
  text
    .replace(/ {2}\w+:.*$/, '')
    .replace(/ (?:pte|mm):.*$/, '')
    .replace(/^BUG: /, '');

interface Look {
  /** `PTE`, `PMD`, `PUD`: what the entry maps. */
  readonly level: string;
  readonly bits: string | undefined;
  readonly verdict: string;
  readonly frame: number;
  readonly label: string;
  readonly counts: readonly [number, number];
  readonly rss: readonly number[];
  readonly flags: number;
  readonly vma: boolean;
}

function look(k: Kernel, id: number, label: string): Look {
  const mm = k.mms.get(id);
  const vpn = mm?.startOf(label);
  const none: Look = {
    level: 'PTE',
    bits: undefined,
    verdict: '',
    frame: -1,
    label: '',
    counts: [0, 0],
    rss: [...(mm?.rss ?? [])],
    flags: 0,
    vma: false,
  };
  if (mm === undefined || vpn === undefined) return none;
  const vma = mm.vma_lookup(vpn);
  const { level, first, raw } = entryAt(k, mm, vpn);
  const view = describeEntry(k, vma, first, level, raw);
  const frame = view.pfn < 0 ? undefined : describeFrame(k, view.pfn);
  return {
    level: LEVEL_NAMES[level].toUpperCase(),
    bits: view.kind === 'none' ? undefined : view.kind === 'swap' ? 'swap' : pteBits(view),
    // before 6.18 there is no vm_normal_page_pud()
    verdict: view.verdict ?? (view.kind === 'present' ? 'nobody asks' : ''),
    frame: view.pfn,
    label: view.frame ?? '',
    counts: frame?.valid === true ? [frame.count, frame.mapcount] : [-1, -1],
    rss: [...mm.rss],
    flags: vma?.vm_flags ?? 0,
    vma: vma !== undefined,
  };
}

/** What is otherwise; without `before` all that is there. */
function changes(k: Kernel, before: Look | undefined, after: Look): string[] {
  const parts: string[] = [];
  if (!after.vma) return [before === undefined ? 'has no mapping' : 'gone'];
  if (after.bits === undefined) {
    if (before === undefined) parts.push('nothing is mapped');
    else if (before.bits !== undefined) parts.push('unmapped');
  } else if (after.bits === 'swap') {
    if (before?.bits !== 'swap') parts.push('swapped out');
  } else if (before?.bits === undefined || before.frame !== after.frame) {
    const copied = after.label.startsWith('A');
    const by = after.level === 'PTE' ? '' : ` by a ${after.level}`;
    parts.push(
      `${copied ? 'a copy' : 'mapped'}${by}, ${after.verdict === 'NULL' ? 'no page' : after.verdict}${after.bits[1] === 'W' ? '' : ', read-only'}`,
    );
  } else {
    if (before.level !== after.level)
      parts.push(after.level === 'PTE' ? `the ${before.level} is split` : `a ${after.level} now`);
    if (before.bits[1] !== after.bits[1]) parts.push(after.bits[1] === 'W' ? 'writable' : 'read-only');
    if (before.verdict !== after.verdict) parts.push(`${after.verdict === 'NULL' ? 'no page' : after.verdict} now`);
  }
  if (before !== undefined) {
    for (const [i, name] of MM_COUNTER_NAMES.entries()) {
      const more = (after.rss[i] ?? 0) - (before.rss[i] ?? 0);
      if (more !== 0) parts.push(`${name} ${more > 0 ? '+' : ''}${more}`);
    }
    // of a mapping that was just made, what kernel functions set is told by the caller
    const set = before.vma ? after.flags & ~before.flags : 0;
    const cleared = before.flags & ~after.flags;
    if (set !== 0) parts.push(`sets ${flagNames(set, k)}`);
    if (cleared !== 0) parts.push(`clears ${flagNames(cleared, k)}`);
  }
  return parts;
}

/** `count 2 to 1, mapcount 1 to 0` of the frame that was mapped before. */
function countText(k: Kernel, frame: number, [count, mapcount]: readonly [number, number]): string[] {
  if (frame < 0 || count < 0) return [];
  const now = describeFrame(k, frame);
  return [
    ...(now.count === count ? [] : [`count ${count} to ${now.count}`]),
    ...(now.mapcount === mapcount ? [] : [`mapcount ${mapcount} to ${now.mapcount}`]),
  ];
}

function procText(k: Kernel, what: 'smaps' | 'pagemap' | 'migration'): string {
  const mm = k.mms.get(0)!;
  const vpn = mm.startOf('m')!;
  if (what === 'migration') return migrationText(k, 0, vpn);
  const vma = mm.vma_lookup(vpn)!;
  const { raw, level, first } = entryAt(k, mm, vpn);
  const view = describeEntry(k, vma, first, level, raw);
  // both ask vm_normal_page(), which reports what cannot be
  if (view.verdict === 'bad page map') return 'no page, Bad page map';
  if (what === 'smaps') {
    const { Rss, Pss } = smapsOf(k, vma);
    return Rss === 0 ? 'Rss 0' : `Rss ${Rss / (k.arch.page.size / 1024)} pages, Pss ${Pss / (k.arch.page.size / 1024)}`;
  }
  if (view.verdict !== 'page') return 'no page: neither PM_FILE nor PM_MMAP_EXCLUSIVE';
  return `a page${page_mapped_exclusively(k, view.pfn) ? ', PM_MMAP_EXCLUSIVE' : ''}`;
}

/** The vm_flags that kernel functions set on the way of `acts.act`; those that the driver sets itself are none of them. */
export function flagsChanged(lane: NamedLane, acts: Acts, starts: Starts): number {
  const { player, failed } = played(lane, acts.before, starts);
  const outcome = failed === undefined ? step(player, acts.act) : undefined;
  return outcome === undefined ? 0 : helpersFlags(outcome);
}

/** Flags that kernel functions set, and not the driver by itself. */
function helpersFlags({ changes: all }: Outcome): number {
  return all.filter(({ reason }) => reason !== 'flags_driver').reduce((set, change) => set | change.set, 0);
}
