// SPDX-License-Identifier: GPL-2.0-or-later
/** What a command line ends with. Loads nothing, so that `--version` need not. */

export const EXIT = {
  fine: 0,
  /** A mismatch, or lanes that part: what was asked for was done, and this is what it found. */
  finding: 1,
  /** What was asked for could not be done. */
  unusable: 2,
} as const;

/** How an error's code, which `specialbit errors` explains, stands behind its text. */
export const codeMark = (code: string): string => `[${code}]`;
