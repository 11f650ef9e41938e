// SPDX-License-Identifier: GPL-2.0-or-later
/** Every reason by its name. */
import { ADVICE_REASONS } from './advice.js';
import { BUG_REASONS, OOPS_REASONS } from './crash.js';
import { DRIVER_REASONS } from './driver.js';
import { FAULT_REASONS } from './fault.js';
import { FLAG_REASONS } from './flags.js';
import { GUP_REASONS } from './gup.js';
import { HUGETLB_REASONS } from './hugetlb.js';
import { MAPPING_REASONS } from './mapping.js';
import { MERGE_REASONS } from './merge.js';
import { MESSAGE_REASONS } from './message.js';
import { MREMAP_REASONS } from './mremap.js';
import { PROCESS_REASONS } from './process.js';
import type { Reason } from './reason.js';
import { THP_REASONS } from './thp.js';
import { USERFAULTFD_REASONS } from './userfaultfd.js';

/** Why a call failed, or a signal came. */
const FAILURES = {
  ...FAULT_REASONS,
  ...DRIVER_REASONS,
  ...GUP_REASONS,
  ...MAPPING_REASONS,
  ...MREMAP_REASONS,
  ...ADVICE_REASONS,
  ...PROCESS_REASONS,
  ...USERFAULTFD_REASONS,
  ...THP_REASONS,
  ...HUGETLB_REASONS,
} as const;

/** Every reason: of failures, crashes, messages, changes of flags and merges. */
export const REASONS = {
  ...FAILURES,
  ...BUG_REASONS,
  ...OOPS_REASONS,
  ...MESSAGE_REASONS,
  ...FLAG_REASONS,
  ...MERGE_REASONS,
} as const satisfies Readonly<Record<string, Reason>>;

export type ReasonName = keyof typeof REASONS;
export type FailureReason = keyof typeof FAILURES;

/** Those for which a driver's call that maps frames fails, or kills the kernel. */
export const INSERTER_REASONS: readonly ReasonName[] = [
  ...(Object.keys(DRIVER_REASONS) as (keyof typeof DRIVER_REASONS)[]),
  ...(Object.keys(BUG_REASONS) as (keyof typeof BUG_REASONS)[]).filter((name) => /^(insert|remap)_/.test(name)),
];

/** Lists of one reason, made once: to say why something failed costs no allocation. */
export const ONE_REASON = Object.fromEntries(
  Object.keys(REASONS).map((name) => [name, Object.freeze([name])]),
) as unknown as Readonly<Record<ReasonName, readonly ReasonName[]>>;
