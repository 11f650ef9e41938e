// SPDX-License-Identifier: GPL-2.0-or-later
/** The files of the site, but for the viewer and the documentation of the libraries. */
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Site } from './build.js';
import { layout } from './layout.js';
import { searchData, searchScript } from './search.js';
import { ROOT, read } from './sources.js';

/** `api`: there is a documentation of the libraries beside it. */
export async function siteFiles(site: Site, api: boolean): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const { pages, sections } = site;
  for (const [i, page] of pages.entries())
    files.set(page.path, layout(page, { sections, previous: pages[i - 1], next: pages[i + 1], api }));
  files.set('search-index.js', searchScript(searchData(pages)));
  files.set('site.css', style());
  for (const name of ['site', 'theme']) files.set(`${name}.js`, await script(name));
  return files;
}

/** The colours and sizes of the viewer, then what pages of text want of their own. */
export function style(): string {
  const base = read('packages/viewer/src/page/style/base.css');
  const [, light] = /:root \{([^}]*)\}/.exec(base)!;
  const [, dark] = /:root\[data-theme="dark"\] \{([^}]*)\}/.exec(base)!;
  const system = `@media (prefers-color-scheme: dark) {\n:root:not([data-theme="light"]) {${dark}color-scheme: dark;\n}\n}`;
  const chosen = `:root[data-theme="dark"] {${dark}color-scheme: dark;\n}\n:root[data-theme="light"] {\ncolor-scheme: light;\n}`;
  return `:root {${light}}\n${system}\n${chosen}\n${read('tools/site/site.css')}`;
}

async function script(name: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, `tools/site/src/client/${name}.ts`)],
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    write: false,
  });
  return outputFiles[0]!.text;
}
