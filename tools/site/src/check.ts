// SPDX-License-Identifier: GPL-2.0-or-later
/** Every link of the site leads somewhere: pages, files, and places within pages. */
import { posix } from 'node:path';

const unescaped = (text: string): string => text.replaceAll('&amp;', '&').replaceAll('&quot;', '"');

/** Links that lead nowhere, as `page: link`. `files`: every file of the site, with the text of pages. */
export function deadLinks(files: ReadonlyMap<string, string>): string[] {
  const ids = new Map<string, ReadonlySet<string>>();
  for (const [path, text] of files)
    if (path.endsWith('.html')) ids.set(path, new Set([...text.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id!)));
  const dead: string[] = [];
  for (const [path, text] of files) {
    // the API has links of its own, and a tool that checks them
    if (!path.endsWith('.html') || path.startsWith('api/') || path.startsWith('viewer/')) continue;
    for (const [, link] of text.matchAll(/ (?:href|src)="([^"]*)"/g)) {
      const href = unescaped(link!);
      if (/^(?:https?|mailto|data):/.test(href)) continue;
      const [, name = '', anchor] = /^([^?#]*)(?:\?[^#]*)?(?:#(.*))?$/s.exec(href)!;
      const target = name === '' ? path : posix.normalize(posix.join(posix.dirname(path), name));
      if (!files.has(target)) dead.push(`${path}: ${href.slice(0, 120)}`);
      else if (
        anchor !== undefined &&
        !target.startsWith('viewer/') &&
        !ids.get(target)?.has(decodeURIComponent(anchor))
      )
        dead.push(`${path}: ${href.slice(0, 120)}`);
    }
  }
  return dead;
}
