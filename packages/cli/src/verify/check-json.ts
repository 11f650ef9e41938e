// SPDX-License-Identifier: GPL-2.0-or-later
/** A comparison with what a kernel showed, as `--json` has it. */
import type { Check, Difference } from '@specialbit/importers';

export interface CheckJson {
  readonly compared: number;
  readonly equal: number;
  readonly differences: readonly (Omit<Difference, 'addr'> & { readonly addr: string })[];
  /** Differences that are not listed. */
  readonly more: number;
}

/** The first `max` differences, addresses in hexadecimal. */
export function checkJson({ compared, equal, differences }: Check, max: number): CheckJson {
  const listed = differences.slice(0, max).map((found) => ({ ...found, addr: `0x${found.addr.toString(16)}` }));
  return { compared, equal, differences: listed, more: differences.length - listed.length };
}
