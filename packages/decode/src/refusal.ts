// SPDX-License-Identifier: GPL-2.0-or-later
/** Nothing in an input can be decoded: what it is instead, and which command takes that. */
import { detectFormat, recogniseLines } from '@specialbit/importers';
import { UsageError } from '@specialbit/view';
import type { Input } from './options.js';

export function nothingFound({ name, text }: Input): UsageError {
  const lines = text.split('\n', 400);
  const format = detectFormat(lines);
  const found =
    format === undefined
      ? recogniseLines(lines)
      : { what: `a recording (${format})`, advice: 'that is for `specialbit import`' };
  const what =
    'expected a report of the kernel ("BUG: Bad page map", "Bad page state", "Bad rss-counter state", a warning), entries of a debugger, or raw values';
  if (text.trim() === '') return new UsageError('input.recording', `${name}: ${what}, found nothing`);
  return new UsageError(
    'input.recording',
    `${name}: ${what}, found ${found === undefined ? 'none of them' : `${found.what}: ${found.advice}`}`,
  );
}
