// SPDX-License-Identifier: GPL-2.0-or-later
/** Why a kernel function returned what it returned, as decisions say it of entries: a name, and its words in one table. */
import type { FeatureName } from '../../profile/features.js';
import type { Later } from '../../profile/form-on.js';

/** What is otherwise from a release on, or with a feature. */
export interface LaterForm extends Later {
  readonly where?: string;
  readonly file?: string;
  readonly condition?: string;
  readonly change?: string;
}

/** One condition at which a kernel function returns an error, sends a signal, dies, warns, changes flags or merges. */
export interface Reason {
  /** The kernel function that asks, and its file, in 6.1, or in the first kernel that can answer so. */
  readonly where: string;
  readonly file: string;
  /** What was so, as a sentence without its full stop. */
  readonly condition: string;
  /** What the log could do otherwise; absent where nothing short of another call helps. */
  readonly change?: string;
  /** Of a BUG: the condition in the words of the kernel's source. */
  readonly what?: string;
  /** No kernel function decides this: the model, or the log's own words, answer for a driver. */
  readonly convention?: true;
  /** Only kernels with this feature can answer so. */
  readonly since?: FeatureName;
  /** Only kernels without this feature can answer so. */
  readonly until?: FeatureName;
  /** What later kernels have otherwise, the oldest first. */
  readonly later?: readonly LaterForm[];
}

/** The reasons of some mechanisms, by name. */
export type ReasonTable = Readonly<Record<string, Reason>>;
