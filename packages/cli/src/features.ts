// SPDX-License-Identifier: GPL-2.0-or-later
/** Every kernel feature that the command knows: the core's, and what architectures bring. */
import { knownFeatures as featuresOf, type KnownFeature } from '@specialbit/view';
import { architectures } from './architectures.js';

export type { KnownFeature };

let known: readonly KnownFeature[] | undefined;

/** By the release that brought them, then by name; what is only proposed last. */
export function knownFeatures(): readonly KnownFeature[] {
  known ??= featuresOf(architectures);
  return known;
}
