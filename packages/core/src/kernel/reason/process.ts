// SPDX-License-Identifier: GPL-2.0-or-later
/** Reasons of prctl(). */
import type { ReasonTable } from './reason.js';

export const PROCESS_REASONS = {
  prctl_unknown: {
    where: 'prctl',
    file: 'kernel/sys.c',
    condition: 'the kernel does not know PR_SET_MEMORY_MERGE (it came with 6.4)',
    change: 'use madvise(MADV_MERGEABLE), range by range',
  },
  prctl_no_ksm: {
    where: 'prctl',
    file: 'kernel/sys.c',
    condition: 'the kernel is built without CONFIG_KSM',
    change: 'put "config":["CONFIG_KSM"] into the header of the log',
  },
} as const satisfies ReasonTable;
