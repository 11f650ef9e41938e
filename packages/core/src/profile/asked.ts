// SPDX-License-Identifier: GPL-2.0-or-later
/** Which features the mechanisms asked for, and so what could have made a difference. */
import { FEATURES, type FeatureName } from './features.js';
import { type Profile, resolveFeatures } from './profile.js';

/** Answers like `resolveFeatures`, and notes every question in `asked`. Slower: for comparisons only. */
export function watchFeatures(profile: Profile, asked: Set<string>): Readonly<Record<FeatureName, boolean>> {
  const answers = resolveFeatures(profile);
  const watched = {} as Record<FeatureName, boolean>;
  for (const name of Object.keys(FEATURES) as FeatureName[]) {
    Object.defineProperty(watched, name, {
      enumerable: true,
      get: () => {
        asked.add(name);
        return answers[name];
      },
    });
  }
  return watched;
}
