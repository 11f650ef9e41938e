// SPDX-License-Identifier: GPL-2.0-or-later
import { InvalidArgumentError } from 'commander';
import type { DecodeReportOptions } from './decode-text.js';
import { ENTRY_LEVELS, type Level } from './entry.js';

/** What `decode` is told on the command line. */
export interface DecodeOptions extends DecodeReportOptions {
  /** Of raw values. */
  readonly level?: Level;
}

/** An option's level of the page table. */
export function levelOption(text: string): Level {
  const found = ENTRY_LEVELS.find((level) => level === text.toLowerCase());
  if (found === undefined) throw new InvalidArgumentError(`Expected one of ${ENTRY_LEVELS.join(', ')}.`);
  return found;
}
