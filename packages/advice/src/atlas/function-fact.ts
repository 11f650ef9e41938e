// SPDX-License-Identifier: GPL-2.0-or-later
/** What is known of a function from the sources of kernels (scripts/atlas-facts.mjs). */

export interface FunctionFact {
  readonly name: string;
  readonly file: string;
  /** `EXPORT_SYMBOL_GPL`, `inline`, `macro`, `not exported`. */
  readonly kind: string;
  /** Types of what it takes; absent: a macro. */
  readonly takes?: readonly string[];
  /** Functions of locks in it, and in what it calls. */
  readonly locks?: readonly string[];
  /** Files that call it, by folder. */
  readonly callers: Readonly<Record<string, number>>;
}

export interface KernelFunctionFacts {
  /** `6.12`. */
  readonly kernel: string;
  /** The release that was read: `6.12.117`. */
  readonly exact: string;
  /** By page of the atlas. */
  readonly pages: Readonly<Record<string, readonly FunctionFact[]>>;
}
