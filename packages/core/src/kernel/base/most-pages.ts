// SPDX-License-Identifier: GPL-2.0-or-later
/** Ours: what an event visits page by page is bounded, whatever number stands in a log. */
import { LogReferenceError } from './errors.js';

/** 64 GiB in pages of 4 KiB: their entries alone take 128 MiB. */
export const MOST_PAGES = 2 ** 24;

/** Ours: throws LogReferenceError of a range that no event can visit page by page. */
export function visits(pages: number): void {
  if (pages <= MOST_PAGES) return;
  throw new LogReferenceError('range', `${pages} pages`, `an event visits at most ${MOST_PAGES} pages one by one`);
}
