// SPDX-License-Identifier: GPL-2.0-or-later
/** `npm run docs`: writes the site into `dist/docs`. `--no-api` leaves out the documentation of the libraries. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeSite } from './build.js';
import { deadLinks } from './check.js';
import { SiteError } from './errors.js';
import { siteFiles } from './files.js';
import { VIEWER } from './links.js';
import { ROOT, specialbit } from './sources.js';

const { values } = parseArgs({
  options: { out: { type: 'string', default: join(ROOT, 'dist/docs') }, 'no-api': { type: 'boolean', default: false } },
});
const { out, 'no-api': noApi } = values;

rmSync(out, { recursive: true, force: true });
const site = await makeSite();
const files = await siteFiles(site, !noApi);
for (const [name, text] of files) {
  mkdirSync(dirname(join(out, name)), { recursive: true });
  writeFileSync(join(out, name), text);
}
mkdirSync(join(out, 'pictures'), { recursive: true });
for (const name of site.pictures) cpSync(join(ROOT, 'docs/pictures', name), join(out, 'pictures', name));

mkdirSync(join(out, 'viewer'), { recursive: true });
const { code, err } = await specialbit(['view', '-o', join(out, VIEWER)]);
if (code !== 0) throw new SiteError(err);

if (!noApi) {
  const tool = join(ROOT, 'tools/api-docs');
  const typedoc = [join(tool, 'node_modules'), join(ROOT, 'node_modules')]
    .map((place) => join(place, 'typedoc/bin/typedoc'))
    .find((file) => existsSync(file));
  if (typedoc === undefined) throw new SiteError('typedoc is not installed: npm ci');
  execFileSync(process.execPath, [typedoc, '--options', 'site.json', '--out', join(out, 'api')], {
    cwd: tool,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

const dead = deadLinks(written(out));
if (dead.length > 0) throw new SiteError(`links that lead nowhere:\n${dead.join('\n')}`);
process.stdout.write(`${site.pages.length} pages in ${out}\n`);

/** What lies in the folder, with the text of pages. */
function written(folder: string): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return new Map(
    names.map((name) => [
      name.replaceAll('\\', '/'),
      name.endsWith('.html') && !name.startsWith('viewer') ? readFileSync(join(folder, name), 'utf8') : '',
    ]),
  );
}
