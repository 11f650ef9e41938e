// SPDX-License-Identifier: GPL-2.0-or-later
/** What a test asks of atlas-facts.mjs. */
export function factsOf(
  tree: string,
  callers?: boolean,
): { readonly kernel: string; readonly exact: string; readonly pages: Readonly<Record<string, readonly object[]>> };
