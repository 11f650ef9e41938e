// SPDX-License-Identifier: GPL-2.0-or-later
/** What was found in a text, for whoever shows it: as lines, as data, entry by entry. */
import type { Architecture } from '@specialbit/core/arch';
import type { Painted } from '@specialbit/view';
import type { EntryView } from './entry.js';

export interface Decoded {
  /** One for each entry or report, of lines that survive a mail. */
  readonly blocks: (painted: Painted) => readonly (readonly string[])[];
  /** The same as data, one for each. */
  readonly plain: readonly object[];
  /** What of it is an entry, with the architecture by which it was read. */
  readonly entries: readonly {
    /** How the architecture was called: `x86_64@6.1`. */
    readonly name: string;
    readonly arch: Architecture;
    readonly view: EntryView;
  }[];
  /** What of it could not be decoded, and what to do about it. */
  readonly undecided?: string;
  /** Nothing of it could be decoded. */
  readonly unusable?: true;
}
