// SPDX-License-Identifier: GPL-2.0-or-later
/** Kernel releases and ranges of them. */

/** In which kernels something holds: from the first release that has it to before the first that has not. */
export interface KernelRange {
  readonly since?: string;
  readonly until?: string;
}

/** Orders kernel versions, `6.1` < `6.1.192` < `6.12`; negative, 0 or positive. */
export function compareVersions(a: string, b: string): number {
  const left = a.split('.').map(Number);
  const right = b.split('.').map(Number);
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The rows that hold in a kernel; where it is not known those that still hold. */
export function inKernel<R extends KernelRange>(rows: readonly R[], version: string | undefined): R[] {
  if (version === undefined) return rows.filter((row) => row.until === undefined);
  return rows.filter(
    ({ since, until }) =>
      (since === undefined || compareVersions(version, since) >= 0) &&
      (until === undefined || compareVersions(version, until) < 0),
  );
}
