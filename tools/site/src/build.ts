// SPDX-License-Identifier: GPL-2.0-or-later
/** The whole site: every page made, put in order, and laid out. */
import { basename, dirname } from 'node:path/posix';
import { parseLog } from '@specialbit/events';
import { CONTENTS, type Item, pathOf } from './contents.js';
import { SiteError } from './errors.js';
import { resolver, viewerLink } from './links.js';
import { commandPages } from './made/commands.js';
import type { Example } from './made/examples.js';
import { galleryPages } from './made/gallery.js';
import { homePage, PICTURE } from './made/home.js';
import { kernelPages } from './made/kernels.js';
import { proofPage } from './made/proof.js';
import { markdownPage } from './markdown.js';
import type { Page, Place, Section } from './page.js';
import { documents, each, exists, read } from './sources.js';

/** Of pages that are made only some, for a test that has not the time for all. */
export interface Only {
  readonly commands?: readonly string[];
  readonly gallery?: readonly string[];
  readonly releases?: readonly string[];
}

export interface Site {
  readonly sections: readonly Section[];
  /** Every page, the first one first, in the order of the navigation. */
  readonly pages: readonly Page[];
  /** Names of the pictures that pages show. */
  readonly pictures: ReadonlySet<string>;
  /** Every example of the help of a command, as it was run. */
  readonly examples: readonly Example[];
}

const documentOf = (item: Item): string => (typeof item === 'string' ? item : item[0]);

export async function makeSite(only: Only = {}): Promise<Site> {
  const all = documents();
  const named = CONTENTS.flatMap(({ items }) => items);
  const below = (folder: string): string[] =>
    inOrder(all.filter((name) => name.startsWith(folder) && !named.some((item) => documentOf(item) === name)));
  const shown = named.map(documentOf).filter((name) => !name.startsWith('made:') && exists(name));
  const children = named.flatMap((item) =>
    typeof item !== 'string' && item[2]?.startsWith('docs/') ? below(item[2]) : [],
  );
  const forgotten = all.filter((name) => !shown.includes(name) && !children.includes(name));
  const sources = [...shown, ...children, ...forgotten];
  const paths = new Map([...sources, 'README.md'].map((name) => [name, pathOf(name)]));

  const pictures = new Set<string>([PICTURE]);
  const labels = new Map(named.map((item) => [documentOf(item), typeof item === 'string' ? undefined : item[1]]));
  const made = await each(sources, (name) => documentPage(name, labels.get(name), paths, pictures));
  const pages = new Map(sources.map((name, i) => [name, made[i]!]));

  const known = new Set(paths.values());
  const [commands, releases, gallery, home] = await Promise.all([
    commandPages(known, only.commands),
    kernelPages(only.releases),
    galleryPages(pages.get('docs/gallery.md')!, only.gallery),
    homePage(),
  ]);
  const broken = commands.examples.filter((example) => example.broken !== undefined);
  if (broken.length > 0)
    throw new SiteError(
      broken.map(({ command, broken: why }) => `an example does not run: ${command}: ${why}`).join('\n'),
    );
  const proof: Place = { page: proofPage(), children: [] };

  const placeOf = (item: Item): Place[] => {
    const [name, , folder] = typeof item === 'string' ? [item] : item;
    if (name === 'made:commands') return [commands.place];
    if (name === 'made:releases') return [releases];
    if (name === 'made:proof') return [proof];
    if (folder === 'made:gallery') return [gallery];
    const page = pages.get(name);
    if (page === undefined) return [];
    const inside = folder === undefined ? [] : below(folder);
    return [{ page, children: inside.map((one) => ({ page: pages.get(one)!, children: [] })) }];
  };
  const sections: Section[] = CONTENTS.map(({ title, items }) => ({ title, places: items.flatMap(placeOf) }));
  if (forgotten.length > 0)
    sections.push({ title: 'More', places: forgotten.map((name) => ({ page: pages.get(name)!, children: [] })) });
  const order = (place: Place): Page[] => [place.page, ...place.children.flatMap(order)];
  return {
    sections,
    pages: [home, ...sections.flatMap(({ places }) => places.flatMap(order))],
    pictures,
    examples: commands.examples,
  };
}

/** As the first document of their folder lists them, at its end; then the others. */
function inOrder(files: readonly string[]): string[] {
  const index = ['index.md', 'README.md'].map((name) => `${dirname(files[0] ?? '')}/${name}`).find(exists);
  const text = index === undefined ? '' : read(index);
  const place = (file: string): number => {
    const at = text.lastIndexOf(`](${basename(file)})`);
    return at === -1 ? text.length : at;
  };
  return [...files].sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1));
}

async function documentPage(
  file: string,
  label: string | undefined,
  paths: ReadonlyMap<string, string>,
  pictures: Set<string>,
): Promise<Page> {
  const path = paths.get(file)!;
  const page = await markdownPage(read(file), {
    path,
    ...(label === undefined ? {} : { label }),
    resolve: resolver(file, path, paths),
    play: (log) => played(log, path),
    picture: (href) => pictures.add(href.replace(/^.*\//, '')),
  });
  return file.startsWith('docs/atlas/') || file === 'docs/proved.md' || file === 'docs/ledger.md'
    ? { ...page, wide: true }
    : page;
}

/** A whole log that stands in a document can be played there. */
async function played(text: string, path: string): Promise<string | null> {
  if (!text.startsWith('{"specialbit":') || !text.includes('\n')) return null;
  try {
    parseLog(text);
  } catch {
    // one that shows what an error looks like
    return null;
  }
  return await viewerLink(path, { log: `${text}\n` });
}
