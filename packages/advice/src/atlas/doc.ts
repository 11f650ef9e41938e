// SPDX-License-Identifier: GPL-2.0-or-later
/** Documents as data: what Markdown, reStructuredText and HTML are made of. */

/** A piece of a line. */
export type Inline =
  | string
  | { readonly code: string }
  /** `log`: what the link holds, which documents without links leave out. */
  | { readonly text: string; readonly log: string; readonly events: number }
  /** Another page, by its name. */
  | { readonly text: string; readonly page: string }
  /** A file of the project. */
  | { readonly text: string; readonly file: string }
  /** What backs a sentence, behind it in brackets. */
  | { readonly aside: Source };

/** A link, or a kernel function and its file. */
export type Source =
  | { readonly text: string; readonly log: string; readonly events: number }
  | { readonly text: string; readonly page: string }
  | { readonly text: string; readonly file: string }
  | { readonly text: string };

export type Line = readonly Inline[];

export type Block =
  | { readonly kind: 'heading'; readonly level: 2 | 3; readonly text: string }
  | { readonly kind: 'paragraph'; readonly line: Line }
  | { readonly kind: 'list'; readonly items: readonly Line[] }
  | { readonly kind: 'table'; readonly head: readonly string[]; readonly rows: readonly (readonly Line[])[] };

export interface Page {
  /** Its file, without the ending: `index`, `vm_insert_page`. */
  readonly name: string;
  readonly title: string;
  readonly blocks: readonly Block[];
}

export const heading = (text: string, level: 2 | 3 = 2): Block => ({ kind: 'heading', level, text });
export const paragraph = (...line: Inline[]): Block => ({ kind: 'paragraph', line });
export const list = (items: readonly Line[]): Block => ({ kind: 'list', items });
export const tableOf = (head: readonly string[], rows: readonly (readonly Line[])[]): Block => ({
  kind: 'table',
  head,
  rows,
});
export const code = (text: string): Inline => ({ code: text });

/** What can be searched for, without what it looks like. */
export function plainLine(line: Line): string {
  return line
    .map((piece) => {
      if (typeof piece === 'string') return piece;
      if ('code' in piece) return piece.code;
      return 'aside' in piece ? '' : piece.text;
    })
    .join('');
}
