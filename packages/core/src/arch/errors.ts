// SPDX-License-Identifier: GPL-2.0-or-later
/** What is wrong with a plugin. The code names the rule, so that a maintainer can look it up. */
export type ArchErrorCode =
  /** Not a mask, or a value that its mask cannot have. */
  | 'layout.mask'
  /** A mask or field beyond the entry's width. */
  | 'layout.width'
  /** Two meanings for one bit. */
  | 'layout.overlap'
  /** The pfn field is too small, or does not give back what was put in. */
  | 'layout.pfn'
  /** pte_modify loses what it has to keep. */
  | 'layout.modify'
  /** A swap entry that looks present or empty, or does not give back what was put in. */
  | 'layout.swap'
  /** The empty entry is not empty. */
  | 'layout.empty'
  /** Not 16 protections. */
  | 'layout.protection-map'
  /** An operation without effect, or with one on something else. */
  | 'layout.operation'
  /** A huge entry that is no leaf, or loses its pfn or its special bit. */
  | 'layout.huge'
  /** An accepted deviation that does not occur. */
  | 'layout.accepted'
  /** Page-table levels that do not fit each other, or the end of user addresses within a page. */
  | 'arch.geometry'
  /** Something that every plugin must say is missing. */
  | 'arch.member'
  /** A name that is unknown, or given twice. */
  | 'arch.name';

/** A plugin (layout or architecture) that cannot be right. Thrown when it is defined, never later. */
export class ArchError extends Error {
  override readonly name = 'ArchError';
  constructor(
    readonly code: ArchErrorCode,
    /** What disagrees with what; names both sides. */
    readonly problem: string,
    /** What to change. */
    readonly remedy: string,
  ) {
    super(`${problem}. ${remedy}`);
  }
}
