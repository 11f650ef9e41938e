// SPDX-License-Identifier: GPL-2.0-or-later
import { CodedError, type ErrorCatalogue } from '@specialbit/events';

export const ADVICE_ERRORS = {
  'advice.memory': {
    summary: 'What is to be mapped is none of the kinds of memory that are known.',
    remedy: 'Name one of those that the message lists.',
  },
  'advice.need': {
    summary:
      'What has to work on the mapping is none of the needs that are known, or two of them contradict each other.',
    remedy: 'Name needs that "specialbit advise --list" lists.',
  },
  'advice.lanes': {
    summary: 'There is no lane to play on.',
    remedy: 'Name an architecture and a kernel at least.',
  },
} as const satisfies ErrorCatalogue;

/** Advice that cannot be given as it was asked for. */
export class AdviceError extends CodedError<keyof typeof ADVICE_ERRORS> {
  override readonly name = 'AdviceError';
  constructor(
    readonly code: keyof typeof ADVICE_ERRORS,
    message: string,
  ) {
    super(message);
  }
}
