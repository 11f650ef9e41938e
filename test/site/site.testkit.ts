// SPDX-License-Identifier: GPL-2.0-or-later
/** The site, with some of the pages that are made, in a folder of its own. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeSite, type Site } from '../../tools/site/src/build.js';
import { siteFiles } from '../../tools/site/src/files.js';
import { VIEWER } from '../../tools/site/src/links.js';
import { ROOT } from '../../tools/site/src/sources.js';
import { specialbit } from '../cli/specialbit.testkit.js';

export interface MadeSite {
  readonly site: Site;
  /** Every file, with the text of pages. */
  readonly files: ReadonlyMap<string, string>;
  readonly folder: string;
  remove(): void;
}

export async function madeSite(): Promise<MadeSite> {
  const site = await makeSite({ commands: ['blame', 'link'], gallery: ['S07', 'S13'], releases: ['7.1'] });
  const files = await siteFiles(site, false);
  const folder = mkdtempSync(join(tmpdir(), 'specialbit-site-'));
  for (const [name, text] of [...files, [VIEWER, ''] as const]) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  await specialbit(['view', '-o', join(folder, VIEWER)]);
  files.set(VIEWER, '');
  for (const name of site.pictures) {
    files.set(`pictures/${name}`, '');
    cpSync(join(ROOT, 'docs/pictures', name), join(folder, 'pictures', name));
  }
  return { site, files, folder, remove: () => rmSync(folder, { recursive: true }) };
}
