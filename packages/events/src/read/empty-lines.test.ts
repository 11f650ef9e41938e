// SPDX-License-Identifier: GPL-2.0-or-later
/** Lines that say nothing cost time, and a compressed file has a thousand of them in a byte. */
import { expect, it } from 'vitest';
import { LogError } from '../errors/log-error.js';
import { LogDecoder } from './decoder.js';
import { MOST_EMPTY_LINES } from './item.js';

const HEADER = new TextEncoder().encode('{"specialbit":1}\n');
const EVENT = new TextEncoder().encode('{"type":"fork","child":1}\n');
const blank = new Uint8Array(2 ** 16).fill(10);

/** The line at which reading stopped. */
function stopped(decoder: LogDecoder, pieces: number): number | undefined {
  try {
    for (let i = 0; i < pieces; i++) decoder.push(blank);
    return undefined;
  } catch (error) {
    if (!(error instanceof LogError) || error.code !== 'lines-empty') throw error;
    return error.line;
  }
}

it('so many blank lines in a row are one error, before the header and behind it', () => {
  const most = MOST_EMPTY_LINES / blank.length;
  expect(stopped(new LogDecoder(), most)).toBeUndefined();
  expect(stopped(new LogDecoder(), most + 1)).toBe(MOST_EMPTY_LINES + 1);
  const decoder = new LogDecoder();
  decoder.push(HEADER);
  expect(stopped(decoder, most)).toBeUndefined();
  // what says something begins the count anew
  decoder.push(EVENT);
  expect(stopped(decoder, most)).toBeUndefined();
  expect(stopped(decoder, 1)).toBe(2 * MOST_EMPTY_LINES + 3);
});
