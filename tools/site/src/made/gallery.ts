// SPDX-License-Identifier: GPL-2.0-or-later
/** A page for each story of the gallery: the story, and the viewer with its log. */
import { viewerLink } from '../links.js';
import { codeBlock } from '../markdown.js';
import { html, type Page, type Place, relativePath } from '../page.js';
import { each, exists, read, specialbitJson } from '../sources.js';
import { viewerFrame } from './viewer-frame.js';

interface Story {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly story?: readonly string[];
  readonly sources?: readonly string[];
  readonly lanes?: readonly string[];
  /** Why the model cannot play it. */
  readonly missing?: string;
}

/** `gallery`: the document that tells of all of them. */
export async function galleryPages(gallery: Page, only?: readonly string[]): Promise<Place> {
  const stories = (await specialbitJson<Story[]>(['gallery', 'list'])).filter(
    ({ id }) => only === undefined || only.includes(id),
  );
  const pages = await each(stories, storyPage);
  const rows = stories.map(
    ({ id, title, lanes = [] }, i) =>
      `<tr><td>${id}</td><td><a href="${relativePath(gallery.path, pages[i]!.path)}">${html(title)}</a></td><td>${html(lanes.join(', '))}</td></tr>`,
  );
  const list = `<div class="scrolls"><table><thead><tr><th scope="col">story</th><th scope="col">what goes wrong</th><th scope="col">lanes</th></tr></thead><tbody>
${rows.join('\n')}
</tbody></table></div>`;
  return {
    page: { ...gallery, html: `${list}\n${gallery.html}` },
    children: pages.map((page) => ({ page, children: [] })),
  };
}

async function storyPage({ id, name, title, story = [], sources = [], lanes = [], missing }: Story): Promise<Page> {
  const path = `gallery/${name}.html`;
  const folder = `examples/gallery/${name}`;
  const log = missing === undefined && exists(`${folder}/events.jsonl`) ? read(`${folder}/events.jsonl`) : undefined;
  const parts = [`<ol class="story">${story.map((one) => `<li>${html(one)}</li>`).join('')}</ol>`];
  if (log === undefined) parts.push(`<p class="aside">Not played: ${html(missing ?? 'it has no log')}</p>`);
  else {
    const link = await viewerLink(path, { file: `${name}.jsonl`, log, lanes: lanes.length === 0 ? null : lanes });
    parts.push(
      viewerFrame(
        link,
        `${id}: ${title}, played`,
        '<p class="aside">Played here where JavaScript may run; the commands below print the same.</p>',
      ),
      `<details><summary>The log</summary>${codeBlock(log.trimEnd(), 'jsonl')}</details>`,
      codeBlock(`$ specialbit gallery show ${id}\n$ specialbit compare ${folder}/events.jsonl`, 'console'),
    );
  }
  parts.push(`<h2 id="sources">Sources</h2><ul>${sources.map((one) => `<li>${html(one)}</li>`).join('')}</ul>`);
  return {
    path,
    title: `${id}: ${title}`,
    html: parts.join('\n'),
    outline: [],
    entries: [{ anchor: '', heading: `${id}: ${title}`, text: [...story, ...sources].join(' ') }],
    wide: true,
  };
}
