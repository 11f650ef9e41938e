// SPDX-License-Identifier: GPL-2.0-or-later
/** What who makes the index and who reads it have in common: its form, and how is searched. */
import MiniSearch, { type Options } from 'minisearch';

/** Names of the kernel stay whole, and are found by their parts as well: `zap_vma_ptes`, `zap`, `vma`, `ptes`. */
const tokenize = (text: string): string[] =>
  text
    .split(/[^\p{L}\p{N}_.@+-]+/u)
    .flatMap((word) => {
      const name = word.replace(/^[.@+-]+|[.@+-]+$/g, '');
      const parts = name.split(/[_@.-]+/).filter((part) => part.length > 2);
      return parts.length > 1 ? [name, ...parts] : [name];
    })
    .filter((word) => word.length > 1 && word.length < 40);

export const SEARCH: Options = {
  fields: ['title', 'heading', 'text'],
  tokenize,
  searchOptions: {
    // what is asked for is a whole name, or a part of one as it was typed
    tokenize: (text) => text.split(/[^\p{L}\p{N}_.@+-]+/u).filter((word) => word !== ''),
    boost: { title: 2, heading: 3 },
    prefix: (term) => term.length > 2,
    fuzzy: (term) => (term.length > 5 ? 0.15 : false),
    combineWith: 'AND',
  },
};

/** A document of the index: page, anchor, heading, text. */
export type Found = readonly [page: number, anchor: string, heading: string, text: string];

export interface SearchData {
  readonly pages: readonly (readonly [path: string, title: string])[];
  readonly documents: readonly Found[];
  /** A MiniSearch index over the numbers of the documents. */
  readonly index: unknown;
}

/** The index as it can be asked. */
export const openIndex = ({ index }: SearchData): MiniSearch =>
  MiniSearch.loadJS(index as Parameters<typeof MiniSearch.loadJS>[0], SEARCH);
