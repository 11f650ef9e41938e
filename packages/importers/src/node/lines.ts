// SPDX-License-Identifier: GPL-2.0-or-later
/** The lines of a file, in batches as they come. */
import { readLineBatches as readAnyLines } from '@specialbit/events/node';
import type { Line } from '../lines.js';

/**
 * Batches of lines. A compressed file that breaks off gives what it has up to there: what recorded it was killed. A NUL
 * byte is one of a console's. Throws LogError for a file that cannot be read.
 */
export async function* readLineBatches(file: string): AsyncGenerator<Line[]> {
  for await (const { first, lines } of readAnyLines(file, { cut: 'end', nul: 'keep' })) {
    yield lines.map((text, i) => ({ text: text.endsWith('\r') ? text.slice(0, -1) : text, line: first + i }));
  }
}
