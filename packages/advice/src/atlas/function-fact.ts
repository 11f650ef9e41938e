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
  /** Files that call it, by folder, for each kernel that has it so. */
  readonly callers: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export interface FunctionFacts {
  /** Oldest first: `6.12`, and the release that was read, `6.12.117`. */
  readonly kernels: readonly { readonly kernel: string; readonly exact: string }[];
  /** By page of the atlas; what kernels have alike stands there once. */
  readonly pages: Readonly<Record<string, readonly FunctionFact[]>>;
}
