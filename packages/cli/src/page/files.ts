// SPDX-License-Identifier: GPL-2.0-or-later
/** The page as it was built: its files, and all of them in one. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { joined, type Markup, markup, ownMarkup, xmlText } from '@specialbit/view/escape';
import { toBase85 } from '@specialbit/viewer';
import { InputError } from '../failure.js';
import { pagePlaces } from '../places.js';

/** The folder. Throws InputError where it was not built. */
export function pageFolder(): string {
  const found = pagePlaces().find((folder) => existsSync(join(folder, 'index.html')));
  if (found === undefined)
    throw new InputError(
      'input.page',
      'the page is not part of this installation: npm install @specialbit/page (beside specialbit)',
    );
  return found;
}

const TAGS = /<link rel="stylesheet"[^>]*>\n?|<script type="module"[^>]*><\/script>\n?|<meta http-equiv="[^>]*>\n?/g;

/** A link within a script element that is no script: its escapes leave nothing that could end the element. */
const inert = (link: string): Markup => ownMarkup(link.replaceAll('<', '%3C'));

/** `index.html` with a link in it, for who serves the folder. `live`: the server tells when the log changes. */
export function pageWith(link: string, live: boolean): string {
  const html = readFileSync(join(pageFolder(), 'index.html'), 'utf8');
  const own = markup`<script type="text/plain" id="link"${live ? markup` data-live` : markup``}>${inert(link)}</script>\n`;
  return html.replace('</head>', () => `${own}</head>`);
}

/** All in one file, which opens from a disk, and may not ask any network for anything. */
export const reportOf = (link: string, title: string): string => oneFile(title, link, false);

/** The page alone in one file, with the examples and the gallery. */
export const wholePage = (): string => oneFile('specialbit', '', true);

function oneFile(title: string, link: string, examples: boolean): string {
  const folder = pageFolder();
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const script = ownMarkup(read('page.js').replaceAll('</script', '<\\/script'));
  // none of its letters is markup's
  const packed = (name: string): Markup => ownMarkup(toBase85(deflateRawSync(read(name), { level: 9 })));
  const hash = createHash('sha256').update(script).digest('base64');
  const policy = [
    ["default-src 'none'", `script-src 'sha256-${hash}' blob:`, 'worker-src blob:', "style-src 'unsafe-inline'"],
    ['img-src data: blob:', "base-uri 'none'", "form-action 'none'"],
  ].flat();
  const parts = [
    markup`<style>${ownMarkup(read('page.css'))}</style>`,
    markup`<script type="text/plain" id="link">${inert(link)}</script>`,
    markup`<script type="text/plain" id="engine">${packed('engine.js')}</script>`,
    markup`<script type="text/plain" id="recordings">${packed('recordings.js')}</script>`,
    markup`<script type="text/plain" id="editor">${packed('editor.js')}</script>`,
    ...(examples ? [markup`<script type="text/plain" id="examples">${packed('examples.json')}</script>`] : []),
  ];
  return read('index.html')
    .replace(TAGS, '')
    .replace(
      '<meta charset="utf-8">',
      (tag) => `${tag}\n<meta http-equiv="Content-Security-Policy" content="${policy.join('; ')}">`,
    )
    .replace(/<title>.*<\/title>/, () => markup`<title>${xmlText(title)}</title>`)
    .replace('</head>', () => markup`${joined(parts, '\n')}\n</head>`)
    .replace('</body>', () => markup`<script type="module">${script}</script>\n</body>`);
}
