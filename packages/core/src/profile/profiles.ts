// SPDX-License-Identifier: GPL-2.0-or-later
/** The kernel releases that specialbit knows, as profiles. */
import { InternalError } from '@specialbit/events';
import { defineProfile, isConfigName, type Profile } from './profile.js';
import { RELEASES, seriesOf } from './releases/index.js';

/** The named profiles, oldest first: one for each release of `releases/`, with the features of the point release named there. */
export const PROFILES: readonly Profile[] = RELEASES.map(({ version }) =>
  defineProfile(version, { name: `linux-${seriesOf(version)}` }),
);

function named(series: string): Profile {
  const found = PROFILES.find(({ name }) => name === `linux-${series}`);
  if (found === undefined) throw new InternalError(`no release ${series} in profile/releases`);
  return found;
}

export const linux_6_1 = named('6.1');
export const linux_6_12 = named('6.12');
export const linux_6_18 = named('6.18');
export const linux_7_1 = named('7.1');
export const linux_7_3 = named('7.3');

/** The kernel of commands, logs and lanes that name none. */
export const DEFAULT_PROFILE: Profile = named('7.3');

/** The kernels that transcripts prove, oldest first. */
export const PROVEN_PROFILES: readonly Profile[] = PROFILES.filter((_, i) => RELEASES[i]!.evidence === 'transcripts');

/**
 * A profile by its name: `linux-6.12`, `6.12`, a point release such as `6.1.0` or `6.12.117`, and any of
 * them with features changed, `linux-6.12+feature-feature`, or with a Kconfig symbol that the model asks for,
 * `linux-7.3+CONFIG_FIND_NORMAL_PAGE`. Undefined when it is no such name; whether the features exist is not
 * checked here. `latest` and `newest` are the newest kernel that transcripts prove.
 */
export function findProfile(called: string): Profile | undefined {
  const name = called.replace(/^(?:linux-)?(?:latest|newest)(?=[+-]|$)/, () => PROVEN_PROFILES.at(-1)!.name);
  const match = /^(?:linux-)?(\d+\.\d+(?:\.\d+)?)((?:[+-][A-Za-z0-9_]+)*)$/.exec(name);
  if (match === null) return undefined;
  const [, version, changes] = match as unknown as [string, string, string];
  const series = seriesOf(version);
  const base = PROFILES.find((profile) => profile.name === `linux-${series}`);
  if (base === undefined) return undefined;
  const release = version === series || version === base.version ? base.version : version;
  const named = release === base.version ? base.name : `linux-${release}`;
  const parts = changes.match(/[+-][A-Za-z0-9_]+/g) ?? [];
  const added = parts.filter((part) => part.startsWith('+')).map((part) => part.slice(1));
  const plus = added.filter((name) => !isConfigName(name));
  const minus = parts.filter((part) => part.startsWith('-')).map((part) => part.slice(1));
  if (release === base.version && parts.length === 0) return base;
  return defineProfile(release, { name: `${named}${parts.join('')}`, plus, minus, config: added.filter(isConfigName) });
}
