// SPDX-License-Identifier: GPL-2.0-or-later
/** What plays an event; and as data: where its kernel function is, what it asks, and what it leaves out. */
import type { ArchFacts } from '../../arch/facts.js';
import type { FeatureName } from '../../profile/features.js';
import type { Later } from '../../profile/form-on.js';
import type { Kernel } from './kernel.js';

/** What a function asks on its way, whatever is the case; what its parts ask is theirs. Read from the source (asked.ts). */
export interface Asked {
  /** Features of a kernel. */
  readonly features: readonly FeatureName[];
  /** Facts of an architecture. */
  readonly facts: readonly (keyof ArchFacts)[];
  /** Functions that several events go through: names of PARTS. */
  readonly through: readonly string[];
}

/** Where a function is, and what it is called, from a release on, or with a feature. */
export interface LaterOrigin extends Later {
  readonly function?: string;
  readonly file?: string;
}

/** A function of the kernel, and what the model of it omits. */
export interface KernelOrigin {
  /** The kernel function, and its file, in 6.1, or in the first kernel that has it. */
  readonly function: string;
  readonly file: string;
  /** What later kernels have otherwise, the oldest first. */
  readonly later?: readonly LaterOrigin[];
  /** Kernels without this feature have no such function. */
  readonly since?: FeatureName;
  /** What the kernel's function does and the model's does not, a sentence without its full stop each. */
  readonly omits: readonly string[];
}

/** All that is known of how the kernel does something. */
export interface KernelFacts extends KernelOrigin, Asked {}

/** How an event of one type is carried out. */
export type Mechanism<E> = (k: Kernel, event: E) => void;

/** Those of the union `E` whose type can be `T`. */
export type OfType<E, T> = E extends { readonly type: infer U } ? (T extends U ? E : never) : never;
