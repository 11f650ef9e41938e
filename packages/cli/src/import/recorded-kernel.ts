// SPDX-License-Identifier: GPL-2.0-or-later
import { PROFILES, type Profile } from '@specialbit/core';
import { compareVersions } from '@specialbit/events';
import { UsageError } from '../failure.js';
import { kernelNamed } from '../log/lane.js';

/**
 * The profile for a kernel that was recorded: its own, else that of the newest release before it that is known, or of
 * the oldest. Throws UsageError for what is no release, and for one newer than all that are known.
 */
export function recordedKernel(release: string): string {
  const version = /^(?:linux-)?(\d+\.\d+(?:\.\d+)?)/.exec(release)?.[1];
  const exact = version === undefined ? undefined : seriesOf(version);
  if (exact !== undefined || version === undefined)
    return kernelNamed(release.replace(/-.*$/, (tail) => (/^-\D*$/.test(tail) ? '' : tail))).name;
  const newest = PROFILES.at(-1)!;
  if (compareVersions(version, newest.version) > 0) throw new UsageError('usage.kernel', kernelError(release));
  const before = PROFILES.filter((profile) => compareVersions(profile.version, version) <= 0).at(-1);
  return (before ?? PROFILES[0]!).name;
}

function seriesOf(version: string): Profile | undefined {
  const series = version.split('.').slice(0, 2).join('.');
  return PROFILES.find(({ name }) => name === `linux-${series}`);
}

function kernelError(release: string): string {
  try {
    kernelNamed(release);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
  }
  return `no such kernel: ${release}`;
}
