// SPDX-License-Identifier: GPL-2.0-or-later
/** What one event returned and caused. */
import type { BugReason, OopsReason } from '../reason/crash.js';
import type { FlagReason } from '../reason/flags.js';
import type { ReasonName } from '../reason/index.js';
import type { MergedReason, SkippedReason, UnmergedReason } from '../reason/merge.js';
import type { MessageReason } from '../reason/message.js';

/** A kernel message: BUG or WARNING, without the parts that differ from boot to boot. */
export interface KernelMessage {
  readonly kind: 'bad page map' | 'bad rss-counter' | 'bad page state' | 'memory type' | 'hugetlb' | 'warning';
  /** One line, as a kernel log shows it. */
  readonly text: string;
  /** Why the kernel says so. */
  readonly reason: MessageReason;
}

/** A range whose vm_flags changed, `set` and `cleared` as logs have flags. Virtual page numbers, `end` exclusive. */
export interface FlagChange {
  readonly mm: number;
  readonly start: number;
  readonly end: number;
  readonly set: number;
  readonly cleared: number;
  readonly reason: FlagReason;
}

/** The neighbour that a range merged with, as it was before: virtual page numbers, `end` exclusive. */
export interface Merge {
  readonly mm: number;
  readonly start: number;
  readonly end: number;
  readonly reason: MergedReason;
}

export interface FollowResult {
  readonly pfn: number;
  /** pte_pgprot() raw halves. */
  readonly prot: { readonly lo: number; readonly hi: number };
  readonly writable: boolean;
  readonly special: boolean;
}

/** Why the kernel stopped here: a BUG_ON, or a look at a struct page that does not exist. */
export interface Crash {
  readonly kind: 'BUG' | 'oops';
  /** `BUG`: the condition; `oops`: what was dereferenced. */
  readonly what: string;
  /** Kernel function. */
  readonly where: string;
}

export interface Outcome {
  /** Return value: negative errno (asm-generic numbering), vm_fault_t for vmf_insert_*, bytes or pages. */
  ret: number;
  signal: 'SIGSEGV' | 'SIGBUS' | null;
  si_code: number;
  /** First byte that a successful read saw. */
  value: number | null;
  /** pfns that GUP returned; of split_folio the first of the folio that was to be split. */
  pages: number[] | null;
  /** vm_insert_pages: how many pages were not mapped. */
  left: number | null;
  /** shrink: how many objects the shrinker said that there are. */
  count: number | null;
  follow: FollowResult | null;
  /** Calls of the driver's fault, pfn_mkwrite and page_mkwrite handlers. */
  calls: [number, number, number];
  /** A handler was called over and over, and cut off. */
  loop: boolean;
  /** The access cannot finish: every fault "succeeds" and nothing changes. */
  hang: boolean;
  /** A guarded fault handler refused to call a helper that would BUG: the condition. */
  refused: string | null;
  /**
   * Why it failed, innermost first: the condition at which a kernel function returned an error, and the
   * functions above it that turned this into another. Of a crash what the kernel died of. Empty after a success.
   */
  reasons: readonly ReasonName[];
  /** Changes of vm_flags that kernel functions made, in order. */
  changes: FlagChange[];
  /** Neighbours that ranges merged with, in order. */
  merges: Merge[];
  /** What kept an adjacent neighbour before and behind apart, when a merge was tried last; null for no such neighbour. */
  unmerged_left: UnmergedReason | null;
  unmerged_right: UnmergedReason | null;
  /** What a merge did not let the driver's `->mmap` do. */
  skipped: SkippedReason | null;
  messages: KernelMessage[];
  /** The event was not carried out (BUG) or not computed further (oops). */
  crash: Crash | null;
  /** The kernel looked at a struct page that does not exist, and was told to go on (`Kernel.survives`). */
  survived: Crash | null;
  /** First virtual page number of the mapping that mmap or mremap returned; -1 for none. */
  mapped: number;
}

/** Most events cause no message and call no handler; these stand for that, and are replaced and not changed. */
export const NO_REASONS: readonly ReasonName[] = Object.freeze([]);
export const NO_MESSAGES: KernelMessage[] = [];
export const NO_CHANGES: FlagChange[] = [];
export const NO_MERGES: Merge[] = [];
export const NO_CALLS: [number, number, number] = [0, 0, 0];
Object.freeze(NO_MESSAGES);
Object.freeze(NO_CALLS);
Object.freeze(NO_CHANGES);
Object.freeze(NO_MERGES);

/** Ours: that of an event that did nothing yet. */
export function newOutcome(): Outcome {
  return {
    ret: 0,
    signal: null,
    si_code: 0,
    value: null,
    pages: null,
    left: null,
    count: null,
    follow: null,
    calls: NO_CALLS,
    loop: false,
    hang: false,
    refused: null,
    reasons: NO_REASONS,
    changes: NO_CHANGES,
    merges: NO_MERGES,
    unmerged_left: null,
    unmerged_right: null,
    skipped: null,
    messages: NO_MESSAGES,
    crash: null,
    survived: null,
    mapped: -1,
  };
}

/** Thrown inside core only, and caught by the reducer: the kernel dies here. No Error: nobody asks for its stack, which costs much. */
export class KernelCrash {
  constructor(
    readonly crash: Crash,
    readonly reason: BugReason | OopsReason,
  ) {}
}
