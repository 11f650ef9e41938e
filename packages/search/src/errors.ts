// SPDX-License-Identifier: GPL-2.0-or-later
import { CodedError, type ErrorCatalogue } from '@specialbit/events';

export const SEARCH_ERRORS = {
  'search.goal': {
    summary: 'What is to be searched for is not one of the goals.',
    remedy: 'Name one of those that the message lists; reasons are those of "specialbit explain LOG --event N".',
  },
  'search.alphabet': {
    summary: 'The events to be tried cannot be made of what was given.',
    remedy: 'Name types of events, frames of the machine, and up to four mappings of a few pages.',
  },
  'search.threads': {
    summary: 'The threads of a log cannot be told: thread.begin and thread.end do not pair, or there are none.',
    remedy: 'Put what each thread does between thread.begin and thread.end, one block behind the other.',
  },
  'search.settings': {
    summary: 'States of sweeps are to be merged that are not of one sweep.',
    remedy: 'Merge what shards with the same lanes, seed, numbers and starting corpus have written.',
  },
  'search.state': {
    summary: 'A file is not what a sweep has written, or is damaged.',
    remedy: 'Run that shard again with the same options: it comes out the same.',
  },
  'search.queue': {
    summary: 'A queue of jobs cannot be used: its address, the server, or what a worker did.',
    remedy: 'Give redis://HOST:PORT of a Redis that runs, and load the plugins of the sweep in its workers.',
  },
  'search.kept': {
    summary: 'The log does not do what is to be kept of it.',
    remedy: 'Look at what it does with "specialbit compare", and name that, or other lanes.',
  },
} as const satisfies ErrorCatalogue;

/** A search that cannot be made as it was asked for. */
export class SearchError extends CodedError<keyof typeof SEARCH_ERRORS> {
  override readonly name = 'SearchError';
  constructor(
    readonly code: keyof typeof SEARCH_ERRORS,
    message: string,
  ) {
    super(message);
  }
}
