// SPDX-License-Identifier: GPL-2.0-or-later
/** What an address holds: all that is needed to see what somebody else saw. */

import type { SeenOnKernel } from './seen.js';

/** Everything that a link keeps. */
export interface ViewState {
  /** The log's name, for commands that are copied; empty where it has none. */
  readonly file: string;
  /** The log as text; empty: nothing is open. */
  readonly log: string;
  /** Names of lanes; null: those of the log. */
  readonly lanes: readonly string[] | null;
  /** Events that have happened; null: where the lanes first part, else the end. */
  readonly at: number | null;
  /** `ring[2]`, `P0`; null: what the moment suggests. */
  readonly select: string | null;
  readonly switches: Switches;
  /** Instead of a log: a value or a report that is decoded, on `lanes`. */
  readonly decode: string | null;
  /** The level of the page table that values are of; null: the last. */
  readonly level: string | null;
  /** What real kernels did with the log's events. */
  readonly seen: readonly SeenOnKernel[];
}

export interface Switches {
  /** Only what differs. */
  readonly differs: boolean;
  /** Lanes that show the same are drawn once. */
  readonly alike: boolean;
  /** The log as text, to be edited. */
  readonly edit: boolean;
  /** Without what is around the lanes: for documentation. */
  readonly embed: boolean;
}

export const PLAIN: Switches = { differs: false, alike: true, edit: false, embed: false };

export const EMPTY: ViewState = {
  file: '',
  log: '',
  lanes: null,
  at: null,
  select: null,
  switches: PLAIN,
  decode: null,
  level: null,
  seen: [],
};

/** Architectures that values are decoded on when nobody says which. */
export const DECODED_ON: readonly string[] = ['x86_64', 'arm64', 'riscv64'];
