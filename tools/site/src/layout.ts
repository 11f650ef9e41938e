// SPDX-License-Identifier: GPL-2.0-or-later
/** What is around every page: the head, the way to all others, the headings of this one. */
import { type Heading, html, type Page, type Place, relativePath, type Section } from './page.js';

/** Nothing comes from anywhere but the site itself, on a server or on a disk. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const MOON =
  '<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="M13 9.6A5.6 5.6 0 0 1 6.4 3a5.6 5.6 0 1 0 6.6 6.6Z" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linejoin="round"/></svg>';

export interface Around {
  readonly sections: readonly Section[];
  /** Pages in the order of the navigation, with those before and behind. */
  readonly previous: Page | undefined;
  readonly next: Page | undefined;
  /** The documentation of the libraries was made. */
  readonly api: boolean;
}

export function layout(page: Page, { sections, previous, next, api }: Around): string {
  const to = (path: string): string => relativePath(page.path, path);
  const home = page.path === 'index.html';
  const outline = page.outline.length > 2 ? outlineHtml(page.outline) : '';
  const title = home ? page.title : `${page.title} - specialbit`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${html(title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${to('site.css')}">
<script src="${to('theme.js')}"></script>
<script defer src="${to('site.js')}"></script>
</head>
<body data-root="${'../'.repeat(page.path.split('/').length - 1)}">
<a class="skip" href="#content">To the text</a>
<header class="top">
<button type="button" class="menu" aria-expanded="false" aria-controls="pages" hidden>Pages</button>
<a class="brand" href="${to('index.html')}">specialbit</a>
<div class="search" hidden>
<input type="search" id="search" placeholder="Search" aria-label="Search the documentation" autocomplete="off" spellcheck="false" role="combobox" aria-expanded="false" aria-controls="found" aria-autocomplete="list">
<kbd aria-hidden="true">/</kbd>
<div id="found" role="listbox" aria-label="Found" hidden></div>
<p class="unseen" role="status" id="told"></p>
</div>
<nav class="ways" aria-label="Main"><a href="${to('viewer/index.html')}">Viewer</a></nav>
<button type="button" class="theme" aria-label="Light or dark" hidden>${MOON}</button>
</header>
<nav class="pages" id="pages" aria-label="Pages">
${sections.map((section) => sectionHtml(section, page, to)).join('\n')}
${api ? `<h2>Libraries</h2><ul><li><a href="${to('api/index.html')}">API of every package</a></li></ul>` : ''}
</nav>
<main id="content" class="${page.wide === true ? 'wide' : ''}${home ? ' home' : ''}" tabindex="-1">
${home ? '' : `<h1>${html(page.title)}</h1>`}
${page.html}
${home ? '' : endHtml(previous, next, to)}
</main>
${outline}
</body>
</html>
`;
}

/** An arrow of C is not broken in two. */
const nameOf = (page: Page): string => (page.label ?? page.title).replaceAll('->', '-\u2060>');

function sectionHtml({ title, places }: Section, page: Page, to: (path: string) => string): string {
  return `<h2>${html(title)}</h2>\n<ul>${places.map((place) => placeHtml(place, page, to)).join('\n')}</ul>`;
}

function placeHtml(place: Place, page: Page, to: (path: string) => string): string {
  const here = place.page.path === page.path;
  const name = html(nameOf(place.page));
  const link = `<a href="${to(place.page.path)}"${here ? ' aria-current="page"' : ''}>${name}</a>`;
  if (place.children.length === 0 || !holds(place, page)) return `<li>${link}</li>`;
  return `<li>${link}<ul>${place.children.map((child) => placeHtml(child, page, to)).join('\n')}</ul></li>`;
}

const holds = (place: Place, page: Page): boolean =>
  place.page.path === page.path || place.children.some((child) => holds(child, page));

function outlineHtml(outline: readonly Heading[]): string {
  // of many headings those of the first level are enough
  const shown = outline.length > 24 ? outline.filter(({ level }) => level === 2) : outline;
  const items = shown.map(({ level, id, text }) => `<li class="level${level}"><a href="#${id}">${html(text)}</a></li>`);
  return `<nav class="outline" aria-label="On this page"><h2>On this page</h2><ul>${items.join('')}</ul></nav>`;
}

function endHtml(previous: Page | undefined, next: Page | undefined, to: (path: string) => string): string {
  const way = (page: Page | undefined, word: string): string =>
    page === undefined ? '<span></span>' : `<a href="${to(page.path)}"><small>${word}</small>${html(nameOf(page))}</a>`;
  return `<nav class="end" aria-label="Before and behind">${way(previous, 'Before')}${way(next, 'Next')}</nav>`;
}
