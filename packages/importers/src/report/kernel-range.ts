// SPDX-License-Identifier: GPL-2.0-or-later
/** Kernel versions as far as reports go. */
import { compareVersions, type KernelRange } from '@specialbit/events';

/** `5.10.17` of `5.10.17-v8+`; a release candidate counts as its release. */
export function kernelVersion(release: string | undefined): string | undefined {
  return /^v?(\d+\.\d+(?:\.\d+)?)/.exec(release ?? '')?.[1];
}

/** What all of the ranges have in common. */
export function commonRange(ranges: readonly KernelRange[]): KernelRange {
  let since: string | undefined;
  let until: string | undefined;
  for (const range of ranges) {
    if (range.since !== undefined && (since === undefined || compareVersions(range.since, since) > 0))
      since = range.since;
    if (range.until !== undefined && (until === undefined || compareVersions(range.until, until) < 0))
      until = range.until;
  }
  return { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) };
}

/** `6.16 or later`, `before 5.19`. */
export function rangeText({ since, until }: KernelRange): string {
  if (since !== undefined && until !== undefined) return `${since} or later, before ${until}`;
  if (since !== undefined) return `${since} or later`;
  return until === undefined ? 'any kernel' : `before ${until}`;
}
