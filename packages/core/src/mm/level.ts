// SPDX-License-Identifier: GPL-2.0-or-later
/** Levels of a page table at which an entry maps memory: an entry is (level, raw). */

export type Level = 0 | 1 | 2;
/** Levels whose entries map more than one page. */
export type HugeLevel = 1 | 2;

export const PTE = 0;
export const PMD = 1;
export const PUD = 2;

/** As the kernel writes them: `pte`, `pmd`, `pud`. */
export const LEVEL_NAMES = ['pte', 'pmd', 'pud'] as const;
export type LevelName = (typeof LEVEL_NAMES)[Level];
