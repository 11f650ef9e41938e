// SPDX-License-Identifier: GPL-2.0-or-later
/** The index of the search: made here, read by a page when somebody begins to search. */
import MiniSearch from 'minisearch';
import type { Page } from './page.js';
import { type Found, SEARCH, type SearchData } from './search-shared.js';

/** No more of a text is shown, though all of it is found. */
const SHOWN = 300;

export function searchData(pages: readonly Page[]): SearchData {
  const documents: Found[] = [];
  const index = new MiniSearch(SEARCH);
  for (const [i, page] of pages.entries()) {
    for (const { anchor, heading, text } of page.entries) {
      index.add({ id: documents.length, title: page.title, heading, text });
      documents.push([i, anchor, heading, text.slice(0, SHOWN)]);
    }
  }
  return { pages: pages.map(({ path, title }) => [path, title] as const), documents, index: index.toJSON() };
}

/** As a script: a page of a disk can load one, and no data. */
export const searchScript = (data: SearchData): string =>
  `self.specialbitSearch=${JSON.stringify(data).replaceAll('</', '<\\/')};\n`;
