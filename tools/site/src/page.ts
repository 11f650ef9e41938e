// SPDX-License-Identifier: GPL-2.0-or-later
/** A page of the site, before the frame that all pages have is laid around it. */

export interface Heading {
  readonly level: number;
  readonly id: string;
  readonly text: string;
}

/** Something that the search finds: a section, or a row of a long table. */
export interface Entry {
  /** Of the heading that it stands below; empty for the page itself. */
  readonly anchor: string;
  readonly heading: string;
  readonly text: string;
}

export interface Page {
  /** From the root of the site: `start/student.html`. */
  readonly path: string;
  readonly title: string;
  /** What the navigation calls it, where that is shorter. */
  readonly label?: string;
  readonly html: string;
  readonly outline: readonly Heading[];
  readonly entries: readonly Entry[];
  /** Tables want all the room that there is. */
  readonly wide?: boolean;
}

/** A place in the navigation. Its children are seen when one of them, or it, is open. */
export interface Place {
  readonly page: Page;
  readonly children: readonly Place[];
}

export interface Section {
  readonly title: string;
  readonly places: readonly Place[];
}

export { xmlText as html } from '@specialbit/view/escape';

/** How GitHub names a heading, so that links in Markdown hold in both places. */
export function slug(text: string, taken: Set<string>): string {
  const plain = text
    .toLowerCase()
    .trim()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
  let id = plain;
  for (let i = 1; taken.has(id); i++) id = `${plain}-${i}`;
  taken.add(id);
  return id;
}

/** The way from a page to another file of the site. */
export function relativePath(from: string, to: string): string {
  const up = from.split('/').slice(0, -1);
  const down = to.split('/');
  while (up.length > 0 && up[0] === down[0]) {
    up.shift();
    down.shift();
  }
  return [...up.map(() => '..'), ...down].join('/');
}
