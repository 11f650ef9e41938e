// SPDX-License-Identifier: GPL-2.0-or-later
/** What a view cannot do for its user; `message` is one line to show, `code` stands in a catalogue of errors. */
import { CodedError, type ErrorCatalogue } from '@specialbit/events';

export const VIEW_ERRORS = {
  'usage.subject': {
    summary: 'What was asked about is not there at that moment.',
    remedy:
      'Name a page (ring[2], 0x20001000), a frame (P3) or a counter of a process; the message lists what there is.',
  },
  'usage.process': {
    summary: 'There is no such address space at that moment.',
    remedy: 'Give --mm one of those that the message lists.',
    kernel: 'struct mm_struct, include/linux/mm_types.h',
  },
  'usage.condition': {
    summary: 'A condition cannot be read.',
    remedy: 'Write a page and a word ("ring[2] present"), a counter and a number, or the type of an event.',
  },
  'usage.value': {
    summary: 'A value of the command line is not of its kind.',
    remedy: 'The message says what was expected.',
  },
  'input.link': {
    summary: 'A link to the viewer is damaged, cut off, or of a newer version.',
    remedy: 'Copy the whole link; mail programs break long lines.',
  },
} as const satisfies ErrorCatalogue;

/** What the user asked for cannot be meant: a condition, a name, a number. */
export class UsageError extends CodedError {
  override readonly name = 'UsageError';
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Something in an input that cannot be read; `message` begins with the file. */
export class InputError extends CodedError {
  override readonly name = 'InputError';
  constructor(
    /** Of an input itself, or of what it was refused for. */
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
