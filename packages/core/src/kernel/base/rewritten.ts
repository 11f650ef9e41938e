// SPDX-License-Identifier: GPL-2.0-or-later
import type { FeatureName } from '../../profile/features.js';
import type { Kernel } from './kernel.js';

/**
 * Ours: a kernel function that a release wrote anew, where asking for the feature line by line would make one body
 * of two kernels: `since` on kernels that have `feature`, `before` on those that do not. Both forms stand on their
 * own, so that a reader of either kernel finds the function that they know.
 */
export function rewritten<Args extends readonly unknown[], Result>(
  feature: FeatureName,
  forms: {
    readonly before: (k: Kernel, ...args: Args) => Result;
    readonly since: (k: Kernel, ...args: Args) => Result;
  },
): (k: Kernel, ...args: Args) => Result {
  const { before, since } = forms;
  return (k, ...args) => (k.feature[feature] ? since(k, ...args) : before(k, ...args));
}
