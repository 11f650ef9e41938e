// SPDX-License-Identifier: GPL-2.0-or-later
import { CodedError, type ErrorCatalogue } from '@specialbit/events';

export const RECORDING_ERRORS = {
  'recording.meta': {
    summary: 'The meta.json of a recording is not what says which snapshots there are.',
    remedy: 'Record again, or repair the member that the message names; docs/recording.md describes the folder.',
  },
  'recording.folder': {
    summary: 'A recording names a folder that is not one of its own.',
    remedy: 'Snapshots lie below the folder of the recording; nothing else is read.',
  },
} as const satisfies ErrorCatalogue;

/** A recording that cannot be read; `message` begins with the file. */
export class RecordingError extends CodedError<keyof typeof RECORDING_ERRORS> {
  override readonly name = 'RecordingError';
  constructor(
    readonly code: keyof typeof RECORDING_ERRORS,
    message: string,
  ) {
    super(message);
  }
}
