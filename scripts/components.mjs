// SPDX-License-Identifier: GPL-2.0-or-later
/** What of others is in a bundle: told from the files that went into it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The packages that files were taken from, sorted by name, each with its licence and the text of that. */
export function components(files) {
  const folders = new Set();
  for (const file of files) {
    const found = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file.replaceAll('\\', '/').replace(/^\0/, ''));
    if (found !== null && existsSync(join(found[0], 'package.json'))) folders.add(found[0]);
  }
  return [...folders]
    .map((folder) => {
      const { name, version, license, homepage } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      const texts = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
      const text = texts.map((file) => readFileSync(join(folder, file), 'utf8').trim()).join('\n\n');
      return { name, version, license, homepage, text };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** All of them as one text, for who gets the bundle. */
export function notices(found) {
  const rule = '-'.repeat(78);
  const parts = found.map(
    ({ name, version, license, text }) => `${rule}\n${name} ${version} (${license})\n\n${text}\n`,
  );
  return `This bundle has parts of the following packages, under their licences.\n\n${parts.join('\n')}`;
}
