// SPDX-License-Identifier: GPL-2.0-or-later
/** What ends a command, in one line. */
import { LogReferenceError } from '@specialbit/core';
import { LogError } from '@specialbit/events';
import { TranscriptError } from '@specialbit/transcripts';
import { InputError, UsageError } from '@specialbit/view';

export { InputError, UsageError };

export const EXIT = {
  fine: 0,
  /** A mismatch, or lanes that part: what was asked for was done, and this is what it found. */
  finding: 1,
  /** What was asked for could not be done. */
  unusable: 2,
} as const;

/** The line that is shown for an error. Nothing of a stack, whatever it was; DEBUG=specialbit shows it. */
export function describeFailure(error: unknown): string {
  if (error instanceof LogError || error instanceof TranscriptError) return oneLine(error.message);
  if (error instanceof InputError || error instanceof UsageError) return oneLine(error.message);
  if (error instanceof LogReferenceError) return oneLine(error.message);
  return oneLine(`internal error: ${error instanceof Error ? error.message : String(error)}`);
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ');
}
