// SPDX-License-Identifier: GPL-2.0-or-later
/** All errors of all packages, in one catalogue. */
import { ADVICE_ERRORS } from '@specialbit/advice';
import { VECTOR_ERRORS } from '@specialbit/conformance';
import { CORE_ERRORS } from '@specialbit/core';
import { ARCH_ERRORS } from '@specialbit/core/arch';
import { API_ERRORS, type ErrorCatalogue, type ErrorEntry, LOG_ERRORS } from '@specialbit/events';
import { RECORDING_ERRORS } from '@specialbit/importers';
import { LAB_ERRORS } from '@specialbit/lab';
import { SEARCH_ERRORS } from '@specialbit/search';
import { TRANSCRIPT_ERRORS } from '@specialbit/transcripts';
import { VIEW_ERRORS } from '@specialbit/view';
import { WORKLOAD_ERRORS } from '@specialbit/workloads';
import { CLI_ERRORS } from './cli-errors.js';

export interface ErrorGroup {
  /** What the errors are about. */
  readonly title: string;
  readonly errors: ErrorCatalogue;
}

export const ERROR_GROUPS: readonly ErrorGroup[] = [
  { title: 'The command line, and files that it names', errors: { ...CLI_ERRORS, ...VIEW_ERRORS } },
  { title: 'Logs', errors: LOG_ERRORS },
  {
    title: 'What a log names when it is replayed, and calls of the library',
    errors: { ...CORE_ERRORS, ...API_ERRORS },
  },
  { title: 'Architectures and their plugins', errors: { ...ARCH_ERRORS, ...VECTOR_ERRORS } },
  { title: 'Real kernels', errors: LAB_ERRORS },
  {
    title: 'Recordings, transcripts, workloads, searches and advice',
    errors: { ...RECORDING_ERRORS, ...TRANSCRIPT_ERRORS, ...WORKLOAD_ERRORS, ...SEARCH_ERRORS, ...ADVICE_ERRORS },
  },
];

/** Every code with its entry. */
export const ERRORS: ReadonlyMap<string, ErrorEntry> = new Map(
  ERROR_GROUPS.flatMap(({ errors }) => Object.entries(errors)),
);
