// SPDX-License-Identifier: GPL-2.0-or-later
/** Where links of documents lead to on the site. */
import { posix } from 'node:path';
import { EMPTY, encodeLink, type ViewState } from '@specialbit/viewer';
import { SiteError } from './errors.js';
import { relativePath } from './page.js';
import { exists, read } from './sources.js';

/** Where documents link the viewer: on the site it is a file of its own. */
const HOME = 'https://specialbit.github.io/specialbit/';
/** Where files of the repository are that are no page. */
const FILES = 'https://github.com/specialbit/specialbit/blob/main/';
export const VIEWER = 'viewer/index.html';

export interface Target {
  readonly href: string;
  /** A log: it opens beside the text. */
  readonly log: boolean;
}

export type Resolve = (href: string) => Promise<Target>;

/** The address of the viewer with something in it, as a page within another one. */
export async function viewerLink(from: string, state: Partial<ViewState>): Promise<string> {
  return `${relativePath(from, VIEWER)}?embed#${await encodeLink({ ...EMPTY, ...state })}`;
}

/**
 * Resolves links of the document `file`, which becomes the page `path`. `pages`: the page of each document. Throws
 * SiteError over a link that leads nowhere.
 */
export function resolver(file: string, path: string, pages: ReadonlyMap<string, string>): Resolve {
  return async (href) => {
    if (href.startsWith(`${HOME}#`))
      return { href: `${relativePath(path, VIEWER)}?embed${href.slice(HOME.length)}`, log: true };
    if (/^[a-z]+:/.test(href) || href.startsWith('#')) return { href, log: false };
    const [name = '', anchor] = href.split('#');
    const target = posix.normalize(posix.join(posix.dirname(file), decodeURI(name))).replace(/\/$/, '');
    const page = pages.get(target) ?? pages.get(`${target}/README.md`) ?? pages.get(`${target}/index.md`);
    if (page !== undefined)
      return { href: relativePath(path, page) + (anchor === undefined ? '' : `#${anchor}`), log: false };
    if (target.startsWith('..') || !exists(target)) throw new SiteError(`${file}: ${href} leads nowhere`);
    if (target.endsWith('.jsonl'))
      return { href: await viewerLink(path, { file: posix.basename(target), log: read(target) }), log: true };
    return { href: FILES + target, log: false };
  };
}
