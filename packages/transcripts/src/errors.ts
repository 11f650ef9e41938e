// SPDX-License-Identifier: GPL-2.0-or-later
/** The catalogue of what can be wrong with a transcript, and the error that says so. */
import { CodedError, type ErrorCatalogue } from '@specialbit/events';

export const TRANSCRIPT_ERRORS = {
  'transcript.record': {
    summary: 'A record of a transcript is not what stands there in one.',
    remedy: 'Compare it with docs/transcripts.md.',
  },
  'transcript.order': {
    summary: 'A record of a transcript comes where it cannot: header, then begin and steps of each scenario.',
    remedy: 'Keep the records in the order in which the laboratory wrote them.',
  },
} as const satisfies ErrorCatalogue;

/** A line of a transcript that is no record, or not one that can follow: what, where, and what was expected. */
export class TranscriptError extends CodedError {
  override readonly name = 'TranscriptError';
  constructor(
    /** One of TRANSCRIPT_ERRORS, or the code of what made the record unusable. */
    readonly code: string,
    readonly file: string,
    /** From 1; 0: the file as a whole. */
    readonly line: number,
    problem: string,
  ) {
    super(line > 0 ? `${file}:${line}: ${problem}` : `${file}: ${problem}`);
  }
}
