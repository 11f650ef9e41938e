// SPDX-License-Identifier: GPL-2.0-or-later
/** One mapping of a process, whichever list it was found in. */
export interface MapsEntry {
  readonly line: number;
  /** Bytes. */
  readonly start: number;
  readonly end: number;
  /** `rw-p`. */
  readonly perms: string;
  /** Bytes. */
  readonly offset: number;
  readonly dev: string;
  readonly inode: number;
  /** As printed: a path, `[heap]`, or nothing. */
  readonly name: string;
}
