// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * `npm run release:version`: takes what `npx changeset` noted since the last release, gives all packages their next version, and
 * writes what changed into CHANGELOG.md. It is committed by whoever looked at it.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './packages.mjs';

/** The notes of `.changeset`, as the list items of a changelog. */
export function notesIn(folder) {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith('.md') && file !== 'README.md');
  return files.sort().map((file) => {
    const text = readFileSync(join(folder, file), 'utf8').replace(/^---\n[\s\S]*?\n---\n/, '');
    return `- ${text.trim().replace(/\n(?=\S)/g, '\n  ')}`;
  });
}

/** The changelog with a section more, or with the one that waited for its date. */
export function withRelease(changelog, { version, date, notes }) {
  const waiting = `## ${version} — unreleased\n`;
  const title = `## ${version} — ${date}\n`;
  if (changelog.includes(waiting)) {
    const dated = changelog.replace(waiting, title);
    return notes.length === 0 ? dated : dated.replace(/(### Added\n\n)/, `$1${notes.join('\n')}\n`);
  }
  const at = changelog.search(/^## /m);
  return `${changelog.slice(0, at)}${title}\n${notes.join('\n')}\n\n${changelog.slice(at)}`;
}

if (process.argv[1] === import.meta.filename) {
  const manifest = join(root, 'package.json');
  const notes = notesIn(join(root, '.changeset'));
  const date = new Date().toISOString().slice(0, 10);
  execFileSync('npx', ['changeset', 'version'], { cwd: root, stdio: 'inherit' });
  const cli = join(root, 'packages/cli/package.json');
  const { version } = JSON.parse(readFileSync(cli, 'utf8'));
  for (const file of [manifest, cli]) {
    const own = { ...JSON.parse(readFileSync(file, 'utf8')), version };
    if (file === cli) own.released = date;
    writeFileSync(file, `${JSON.stringify(own, null, 2)}\n`);
  }
  const changelog = join(root, 'CHANGELOG.md');
  writeFileSync(changelog, withRelease(readFileSync(changelog, 'utf8'), { version, date, notes }));
  execFileSync('npm', ['install', '--package-lock-only', '--silent'], { cwd: root, stdio: 'inherit' });
  process.stdout.write(`version ${version}; read the changes, commit them, then npm run release\n`);
}
