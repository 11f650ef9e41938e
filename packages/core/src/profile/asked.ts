// SPDX-License-Identifier: GPL-2.0-or-later
/** Which features the mechanisms asked for, and so what could have made a difference. */
import { FEATURES, type FeatureName } from './features.js';
import { type Profile, resolveFeatures } from './profile.js';

/** Answers like `resolveFeatures`, and notes every question in `asked`. Slower: for comparisons only. */
export function watchFeatures(profile: Profile, asked: Set<string>): Readonly<Record<FeatureName, boolean>> {
  return new WatchedFeatures(asked, resolveFeatures(profile)) as unknown as Record<FeatureName, boolean>;
}

/** Its questions stand in the prototype: one is made for each lane that is forked. */
class WatchedFeatures {
  constructor(
    readonly asked: Set<string>,
    readonly answers: Readonly<Record<FeatureName, boolean>>,
  ) {}

  static {
    for (const name of Object.keys(FEATURES) as FeatureName[]) {
      Object.defineProperty(WatchedFeatures.prototype, name, {
        get(this: WatchedFeatures) {
          this.asked.add(name);
          return this.answers[name];
        },
      });
    }
  }
}
