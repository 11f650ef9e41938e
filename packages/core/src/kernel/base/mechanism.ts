// SPDX-License-Identifier: GPL-2.0-or-later
/** What plays an event, as data: where its kernel function is, what it asks, and what it leaves out. */
import type { ArchFacts } from '../../arch/facts.js';
import type { FeatureName } from '../../profile/features.js';
import type { Kernel } from './kernel.js';
import type { PartName } from './parts.js';

/** A function of the kernel, and what the model of it asks and omits. */
export interface KernelFacts {
  /** The kernel function, and its file (in 6.12, where nothing else is said). */
  readonly function: string;
  readonly file: string;
  /** Features of a kernel that it asks for itself, without those of its parts. */
  readonly features: readonly FeatureName[];
  /** Facts of an architecture that it asks for itself. */
  readonly facts: readonly (keyof ArchFacts)[];
  /** Functions that several events go through. */
  readonly through: readonly PartName[];
  /** What the kernel's function does and the model's does not, a sentence without its full stop each. */
  readonly omits: readonly string[];
}

/** How an event of one type is carried out. */
export interface Mechanism<E> extends KernelFacts {
  readonly run: (k: Kernel, event: E) => void;
}

/** Those of the union `E` whose type can be `T`. */
export type OfType<E, T> = E extends { readonly type: infer U } ? (T extends U ? E : never) : never;
