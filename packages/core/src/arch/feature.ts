// SPDX-License-Identifier: GPL-2.0-or-later
/** Kernel features: what distinguishes one kernel version from another, one entry each. */

/** The change that brought a feature. */
export interface Origin {
  /** First twelve digits of the commit; absent where it could not be found. */
  readonly commit?: string;
  /** Its first line; what it does, where the commit could not be found. */
  readonly subject: string;
  /** First release that has it, `major.minor`; `none` of what is only proposed. */
  readonly version: string;
  /** Without a commit: the last release whose source was read and does not have it. */
  readonly after?: string;
  /** Without a commit: where it was looked for in vain. */
  readonly searched?: string;
  /** Of what is only proposed: Message-ID of the mail that proposed it, without brackets. */
  readonly messageId?: string;
}

/**
 * How well a feature is known: seen in transcripts of kernels with and without it, read in the source
 * of both, taken from commit messages and mails only, or proposed on a list and in no release.
 */
export type Evidence = 'transcripts' | 'source' | 'reported' | 'proposed';

export interface Feature {
  /** Unique; mechanisms ask for it by this name and never for a version. */
  readonly name: string;
  /** What a kernel with it does, one line. */
  readonly summary: string;
  /** What a kernel without it does, one line. */
  readonly without: string;
  readonly since: Origin;
  /** Where to read it: file and function of the kernel, `mm/memory.c, set_pte_range()`. */
  readonly where?: string;
  /** The commit that removed it again. */
  readonly until?: Origin;
  /** Stable releases that have it although they are older than `since`: `6.1.113`. */
  readonly backports?: readonly string[];
  readonly evidence: Evidence;
  /** The Kconfig symbol that it takes, which is not set by default: no release has it by itself. */
  readonly kconfig?: string;
}

/** Which features a kernel has: all that an architecture or a mechanism needs to know of its version. */
export interface FeatureSet {
  has(feature: Feature): boolean;
}
