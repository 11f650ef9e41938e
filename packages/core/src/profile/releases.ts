// SPDX-License-Identifier: GPL-2.0-or-later
/** The kernel releases that specialbit knows, each by the newest point release that it was checked with. */
import { defineProfile, type Profile } from './profile.js';

/** Checked with transcripts of 6.1.192. */
export const linux_6_1 = defineProfile('6.1.192', { name: 'linux-6.1' });
/** Checked with transcripts of 6.12.117; the default. */
export const linux_6_12 = defineProfile('6.12.117', { name: 'linux-6.12' });
/** From commits and mails; no transcripts. */
export const linux_6_18 = defineProfile('6.18', { name: 'linux-6.18' });
/** From commits and mails; no transcripts. */
export const linux_7_1 = defineProfile('7.1', { name: 'linux-7.1' });

/** The named profiles, oldest first. */
export const PROFILES: readonly Profile[] = [linux_6_1, linux_6_12, linux_6_18, linux_7_1];

/**
 * A profile by its name: `linux-6.12`, `6.12`, a point release such as `6.1.0` or `6.12.117`, and any of
 * them with features changed, `linux-6.12+feature-feature`. Undefined when it is no such name; whether
 * the features exist is not checked here.
 */
export function findProfile(name: string): Profile | undefined {
  const match = /^(?:linux-)?(\d+\.\d+(?:\.\d+)?)((?:[+-][A-Za-z0-9_]+)*)$/.exec(name);
  if (match === null) return undefined;
  const [, version, changes] = match as unknown as [string, string, string];
  const series = version.split('.').slice(0, 2).join('.');
  const base = PROFILES.find((profile) => profile.name === `linux-${series}`);
  if (base === undefined) return undefined;
  const release = version === series || version === base.version ? base.version : version;
  const named = release === base.version ? base.name : `linux-${release}`;
  const parts = changes.match(/[+-][A-Za-z0-9_]+/g) ?? [];
  const plus = parts.filter((part) => part.startsWith('+')).map((part) => part.slice(1));
  const minus = parts.filter((part) => part.startsWith('-')).map((part) => part.slice(1));
  if (release === base.version && parts.length === 0) return base;
  return defineProfile(release, { name: `${named}${parts.join('')}`, plus, minus });
}
