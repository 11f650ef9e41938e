// SPDX-License-Identifier: GPL-2.0-or-later
import { ENTRY_LEVELS, type Level } from '@specialbit/decode';
import { InvalidArgumentError } from 'commander';

/** An option's level of the page table. */
export function levelOption(text: string): Level {
  const found = ENTRY_LEVELS.find((level) => level === text.toLowerCase());
  if (found === undefined) throw new InvalidArgumentError(`Expected one of ${ENTRY_LEVELS.join(', ')}.`);
  return found;
}
