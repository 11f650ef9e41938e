// SPDX-License-Identifier: GPL-2.0-or-later
import type { ErrorCatalogue } from '@specialbit/events';

/** The catalogue of what can be wrong with golden vectors. */
export const VECTOR_ERRORS = {
  'vectors.name': {
    summary: 'Golden vectors name a test or an operation that the architecture does not have.',
    remedy: 'Correct the name, or add the helper to the layout.',
    kernel: 'pte_young(), pte_mkdirty() and their like, asm/pgtable.h of the architecture',
  },
} as const satisfies ErrorCatalogue;
