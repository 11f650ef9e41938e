// SPDX-License-Identifier: GPL-2.0-or-later
/** Pages of the atlas as a site: plain HTML, with a search over all of it that needs no server, and logs beside the text. */
import { joined, type Markup, markup, xmlText } from '@specialbit/view/escape';
import { type Block, type Line, type Page, plainLine, type Source } from './doc.js';
import type { LinkMaker } from './markdown.js';

export interface SiteFile {
  readonly name: string;
  readonly text: string;
}

/** Every file of the site, the index of the search included. */
export function siteFiles(pages: readonly Page[], links: LinkMaker): SiteFile[] {
  const files = pages.map((page) => ({ name: `${page.name}.html`, text: htmlPage(page, pages, links) }));
  return [...files, { name: 'search.js', text: searchScript(pages) }, { name: 'style.css', text: STYLE }];
}

function htmlPage({ name, title, blocks }: Page, pages: readonly Page[], links: LinkMaker): Markup {
  const nav = pages.map((page) =>
    page.name === name
      ? markup`<li><b>${xmlText(page.title)}</b></li>`
      : markup`<li><a href="${xmlText(page.name)}.html">${xmlText(page.title)}</a></li>`,
  );
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${xmlText(title)}: special mappings</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="style.css">
<script defer src="search.js"></script>
</head>
<body>
<nav aria-label="Pages">
<label>Search <input type="search" id="search" autocomplete="off"></label>
<ul id="found" hidden></ul>
<ul>${joined(nav, '\n')}</ul>
</nav>
<main>
<h1>${xmlText(title)}</h1>
${joined(
  blocks.map((block) => blockHtml(block, links)),
  '\n',
)}
</main>
<iframe name="log" title="The log of a cell"></iframe>
</body>
</html>
`;
}

function blockHtml(block: Block, links: LinkMaker): Markup {
  switch (block.kind) {
    case 'heading':
      return markup`<h${block.level} id="${xmlText(anchor(block.text))}">${xmlText(block.text)}</h${block.level}>`;
    case 'paragraph':
      return markup`<p>${lineHtml(block.line, links)}</p>`;
    case 'list':
      return markup`<ul>${joined(block.items.map((item) => markup`<li>${lineHtml(item, links)}</li>`))}</ul>`;
    case 'table':
      return markup`<table><thead><tr>${joined(block.head.map((cell) => markup`<th scope="col">${xmlText(cell)}</th>`))}</tr></thead><tbody>
${joined(
  block.rows.map((cells) => markup`<tr>${joined(cells.map((cell) => markup`<td>${lineHtml(cell, links)}</td>`))}</tr>`),
  '\n',
)}
</tbody></table>`;
  }
}

function lineHtml(line: Line, links: LinkMaker): Markup {
  return joined(
    line.map((piece) => {
      if (typeof piece === 'string') return xmlText(piece);
      if ('code' in piece) return markup`<code>${xmlText(piece.code)}</code>`;
      return 'aside' in piece ? markup` (${linked(piece.aside, links)})` : linked(piece, links);
    }),
  );
}

function linked(source: Source, links: LinkMaker): Markup {
  const text = xmlText(source.text);
  // the viewer stands below the text
  if ('log' in source)
    return markup`<a target="log" href="${xmlText(links.log(source.log, source.events))}">${text}</a>`;
  if ('page' in source) return markup`<a href="${xmlText(source.page)}.html">${text}</a>`;
  return 'file' in source ? markup`<a href="${xmlText(links.file(source.file))}">${text}</a>` : text;
}

const anchor = (text: string): string => text.toLowerCase().replace(/\W+/g, '-').replace(/^-|-$/g, '');

/** What is found: page, heading, and the text of a paragraph, item or row. */
function searchScript(pages: readonly Page[]): string {
  const entries: [string, string, string][] = [];
  for (const page of pages) {
    let under = page.title;
    let place = `${page.name}.html`;
    for (const block of page.blocks) {
      if (block.kind === 'heading') {
        under = `${page.title}: ${block.text}`;
        place = `${page.name}.html#${anchor(block.text)}`;
        entries.push([place, under, block.text]);
      } else if (block.kind === 'table') {
        for (const row of block.rows)
          entries.push([
            place,
            under,
            row
              .map(plainLine)
              .filter((text) => text !== 'log')
              .join(' | '),
          ]);
      } else {
        for (const line of block.kind === 'list' ? block.items : [block.line])
          entries.push([place, under, plainLine(line)]);
      }
    }
  }
  return `const ENTRIES = ${JSON.stringify(entries)};
const input = document.getElementById('search');
const found = document.getElementById('found');
input.addEventListener('input', () => {
  const words = input.value.toLowerCase().split(/\\s+/).filter((word) => word !== '');
  const hits = words.length === 0 ? [] : ENTRIES.filter(([, under, text]) => {
    const all = (under + ' ' + text).toLowerCase();
    return words.every((word) => all.includes(word));
  });
  found.replaceChildren(...hits.slice(0, 50).map(([place, under, text]) => {
    const item = document.createElement('li');
    const link = document.createElement('a');
    link.href = place;
    link.textContent = under;
    item.append(link, ' ' + text.slice(0, 160));
    return item;
  }));
  found.hidden = hits.length === 0;
});
`;
}

/** The viewer's palette and sizes: a log beside the text looks as if it were of one piece. */
const STYLE = `:root {
  color-scheme: light dark;
  --u: 8px;
  --ground: light-dark(#fafaf8, #16181b);
  --surface: light-dark(#ffffff, #1d2024);
  --ink: light-dark(#1c2024, #e9eaec);
  --soft: light-dark(#525a63, #b7bdc5);
  --faint: light-dark(#646c75, #9aa2ac);
  --line: light-dark(#e2e3df, #33383f);
  --hover: light-dark(#f1f1ee, #262a30);
  --accent: light-dark(#1d5fa8, #8fc0f5);
  font: 14px/1.5 system-ui, -apple-system, "Segoe UI", "Liberation Sans", Roboto, sans-serif;
}
* { box-sizing: border-box; }
body { margin: 0; display: grid; grid-template-columns: 264px minmax(0, 1fr); background: var(--ground); color: var(--ink); }
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; }
p a, li a { text-decoration: underline; }
nav li a { text-decoration: none; color: var(--soft); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; padding: calc(var(--u) * 3); border-right: 1px solid var(--line); }
nav ul { list-style: none; padding: 0; }
nav li { padding: 4px 0; }
nav label { color: var(--faint); font-size: 12px; }
input { display: block; width: 100%; min-height: 32px; padding: 3px 10px; font: inherit; color: inherit; background: var(--surface); border: 1px solid var(--line); border-radius: 6px; }
main { padding: calc(var(--u) * 4) calc(var(--u) * 5); overflow-x: auto; }
h1 { font-size: 24px; letter-spacing: -0.015em; margin: 0 0 calc(var(--u) * 2); }
h2 { font-size: 18px; margin: calc(var(--u) * 5) 0 calc(var(--u) * 2); }
p, main > ul { max-width: 720px; }
code { font: 13px ui-monospace, "SF Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace; padding: 1px 4px; border-radius: 4px; background: var(--hover); }
table { border-collapse: collapse; }
th, td { min-width: 12ch; padding: var(--u) calc(var(--u) * 2) var(--u) 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { font-size: 12px; color: var(--faint); }
iframe { grid-column: 1 / -1; width: 100%; height: 512px; border: 0; border-top: 1px solid var(--line); background: var(--ground); position: sticky; bottom: 0; }
body:not(:has(a[target=log])) iframe { display: none; }
@media (max-width: 840px) { body { display: block; } nav { position: static; height: auto; border: 0; } main { padding: calc(var(--u) * 2); } }
`;
