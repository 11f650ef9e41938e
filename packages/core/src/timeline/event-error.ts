// SPDX-License-Identifier: GPL-2.0-or-later
import { CodedError, codeOf } from '@specialbit/events';

/** An event that cannot be carried out because it names what does not exist: the log is wrong. */
export class EventError extends CodedError {
  override readonly name = 'EventError';
  /** That of the cause. */
  readonly code: string;

  constructor(
    /** Position of the event in its log, from 0. */
    readonly index: number,
    override readonly cause: Error,
  ) {
    super(`event ${index + 1}: ${cause.message}`);
    this.code = codeOf(cause) ?? 'internal';
  }
}
