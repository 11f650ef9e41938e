// SPDX-License-Identifier: GPL-2.0-or-later
import type { Pte } from '../arch/contract.js';

/** PMD entries of a process that map a huge page, by their first virtual page number; immutable. */
export type HugeEntries = Readonly<Record<number, Readonly<Pte>>>;

/** The one that is empty: to be told by its identity. */
export const NO_HUGE: HugeEntries = Object.freeze({});
