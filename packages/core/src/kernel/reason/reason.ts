// SPDX-License-Identifier: GPL-2.0-or-later
/** Why a kernel function returned what it returned, as decisions say it of entries: a name, and its words in one table. */

/** One condition at which a kernel function returns an error, or sends a signal. */
export interface Reason {
  /** The kernel function that asks, and its file. */
  readonly where: string;
  readonly file: string;
  /** What was so, as a sentence without its full stop. */
  readonly condition: string;
  /** What the log could do otherwise; absent where nothing short of another call helps. */
  readonly change?: string;
}

/** The reasons of some mechanisms, by name. */
export type ReasonTable = Readonly<Record<string, Reason>>;
