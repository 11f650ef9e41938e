// SPDX-License-Identifier: GPL-2.0-or-later
import type { ErrorCatalogue } from '@specialbit/events';

/** The catalogue of what can be wrong with a request for a workload. */
export const WORKLOAD_ERRORS = {
  'workload.name': {
    summary: 'There is no workload of this name.',
    remedy: 'Ask for one of WORKLOADS.',
  },
  'workload.number': {
    summary: 'The seed of a workload, or its number of events, is no integer.',
    remedy: 'Give whole numbers, and no negative number of events.',
  },
} as const satisfies ErrorCatalogue;
