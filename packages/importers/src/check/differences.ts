// SPDX-License-Identifier: GPL-2.0-or-later
/** What a check found. */

export interface Difference {
  /** Bytes. */
  readonly addr: number;
  readonly what: 'range' | 'perms' | 'offset' | 'name' | 'vm_flags' | 'page' | 'size' | 'anon_vma';
  readonly expected: string;
  readonly found: string;
}

export interface Check {
  /** What was compared: VMAs, or pages. */
  readonly compared: number;
  readonly equal: number;
  readonly differences: readonly Difference[];
}

export const hexAddr = (addr: number): string => addr.toString(16);
export const rangeText = (v: { readonly start: number; readonly end: number }): string =>
  `${hexAddr(v.start)}-${hexAddr(v.end)}`;

/** `7fff… range: expected …, found …`. */
export function formatDifference(d: Difference): string {
  return `${hexAddr(d.addr)} ${d.what}: expected ${d.expected}, found ${d.found}`;
}
