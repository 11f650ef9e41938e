// SPDX-License-Identifier: GPL-2.0-or-later
/** What a log can get wrong that only a replay sees: a name that does not exist at that moment. */

import { CodedError } from '@specialbit/events';

export type ReferenceKind =
  | 'frame'
  | 'mapping'
  | 'file'
  | 'mm'
  | 'address'
  | 'opened mapping'
  | 'child'
  | 'event'
  | 'range';

/** An event names something that does not exist. The reader of the log adds file and line. */
export class LogReferenceError extends CodedError {
  override readonly name = 'LogReferenceError';
  /** `reference.mapping`, `reference.opened-mapping`, …: after the kind. */
  readonly code: string;
  constructor(
    readonly kind: ReferenceKind,
    /** The name as the event has it. */
    readonly found: string,
    /** What could have been meant. */
    readonly expected = '',
    /** Why it is not there: `fork at event 5 failed with -ENOMEM`. */
    readonly because = '',
  ) {
    const more = [because, expected].filter((text) => text !== '').join('; ');
    super(more === '' ? `no such ${kind}: ${found}` : `no such ${kind}: ${found} (${more})`);
    this.code = `reference.${kind.replace(' ', '-')}`;
  }
}
