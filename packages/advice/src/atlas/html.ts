// SPDX-License-Identifier: GPL-2.0-or-later
/** Pages of the atlas as a site: plain HTML, with a search over all of it that needs no server, and logs beside the text. */
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

function htmlPage({ name, title, blocks }: Page, pages: readonly Page[], links: LinkMaker): string {
  const nav = pages.map((page) =>
    page.name === name
      ? `<li><b>${html(page.title)}</b></li>`
      : `<li><a href="${page.name}.html">${html(page.title)}</a></li>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${html(title)}: special mappings</title>
<link rel="stylesheet" href="style.css">
<script defer src="search.js"></script>
</head>
<body>
<nav aria-label="Pages">
<label>Search <input type="search" id="search" autocomplete="off"></label>
<ul id="found" hidden></ul>
<ul>${nav.join('\n')}</ul>
</nav>
<main>
<h1>${html(title)}</h1>
${blocks.map((block) => blockHtml(block, links)).join('\n')}
</main>
<iframe name="log" title="The log of a cell"></iframe>
</body>
</html>
`;
}

function blockHtml(block: Block, links: LinkMaker): string {
  switch (block.kind) {
    case 'heading':
      return `<h${block.level} id="${anchor(block.text)}">${html(block.text)}</h${block.level}>`;
    case 'paragraph':
      return `<p>${lineHtml(block.line, links)}</p>`;
    case 'list':
      return `<ul>${block.items.map((item) => `<li>${lineHtml(item, links)}</li>`).join('')}</ul>`;
    case 'table':
      return `<table><thead><tr>${block.head.map((cell) => `<th scope="col">${html(cell)}</th>`).join('')}</tr></thead><tbody>
${block.rows.map((cells) => `<tr>${cells.map((cell) => `<td>${lineHtml(cell, links)}</td>`).join('')}</tr>`).join('\n')}
</tbody></table>`;
  }
}

function lineHtml(line: Line, links: LinkMaker): string {
  return line
    .map((piece) => {
      if (typeof piece === 'string') return html(piece);
      if ('code' in piece) return `<code>${html(piece.code)}</code>`;
      return 'aside' in piece ? ` (${linked(piece.aside, links)})` : linked(piece, links);
    })
    .join('');
}

function linked(source: Source, links: LinkMaker): string {
  const text = html(source.text);
  // the viewer stands below the text
  if ('log' in source) return `<a target="log" href="${html(links.log(source.log, source.events))}">${text}</a>`;
  if ('page' in source) return `<a href="${source.page}.html">${text}</a>`;
  return 'file' in source ? `<a href="${html(links.file(source.file))}">${text}</a>` : text;
}

const anchor = (text: string): string => text.toLowerCase().replace(/\W+/g, '-').replace(/^-|-$/g, '');

const html = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

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

const STYLE = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; display: grid; grid-template-columns: 15rem minmax(0, 1fr); }
nav { padding: 1rem; border-right: 1px solid #8884; }
nav ul { list-style: none; padding: 0; }
main { padding: 1rem 2rem; max-width: 70rem; overflow-x: auto; }
table { border-collapse: collapse; }
th, td { border: 1px solid #8886; padding: .2rem .5rem; text-align: left; vertical-align: top; }
iframe { grid-column: 1 / -1; width: 100%; height: 32rem; border: 0; border-top: 1px solid #8884; position: sticky; bottom: 0; }
body:not(:has(a[target=log])) iframe { display: none; }
`;
