// SPDX-License-Identifier: GPL-2.0-or-later
import type { Architecture } from '@specialbit/core/arch';

/** The architectures among which somebody looks. */
export interface Known {
  readonly architectures: readonly Architecture[];
  /** The one of that name or alias. Throws UsageError. */
  readonly architectureNamed: (name: string) => Architecture;
}
