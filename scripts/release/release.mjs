// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * `npm run release`: checks, builds, and writes all that a release is into a folder, `release` if no other is said:
 * tarballs of the packages and SHA256SUMS. Then it publishes and tags; not so with `--dry-run`.
 *
 * `--out FOLDER`, `--built`: the packages are built as they are; `--allow-dirty`: with changes that are not committed.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { packInto, root, workspaces } from './packages.mjs';

const { values: options } = parseArgs({
  options: {
    'dry-run': { type: 'boolean', default: false },
    out: { type: 'string', default: join(root, 'release') },
    built: { type: 'boolean', default: false },
    'allow-dirty': { type: 'boolean', default: false },
  },
});
const out = resolve(options.out);
const began = Date.now();
const run = (command, args, stdio = ['ignore', 'pipe', 'inherit']) =>
  execFileSync(command, args, { cwd: root, encoding: 'utf8', stdio });

function say(what) {
  process.stdout.write(`${((Date.now() - began) / 1000).toFixed(1).padStart(5)} s  ${what}\n`);
}

function stop(why) {
  process.stderr.write(`release: ${why}\n`);
  process.exit(2);
}

if (!options['allow-dirty'] && run('git', ['status', '--porcelain']) !== '')
  stop('the working tree has changes that are not committed');
const { version } = workspaces()[0].manifest;
say(`version ${version}`);

if (!options.built) {
  run('npm', ['run', '--silent', 'build'], ['ignore', 2, 2]);
  say('built');
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const tarballs = packInto(join(out, 'npm'));
say(`${tarballs.length} tarballs`);

const files = readdirSync(out, { recursive: true })
  .filter((file) => statSync(join(out, file)).isFile())
  .sort();
const sums = files.map((file) => {
  const sum = createHash('sha256')
    .update(readFileSync(join(out, file)))
    .digest('hex');
  return `${sum}  ${file}\n`;
});
writeFileSync(join(out, 'SHA256SUMS'), sums.join(''));
say(`${files.length} files in ${out}, and SHA256SUMS`);

if (options['dry-run']) {
  say('a dry run: nothing was published');
} else {
  const tag = `v${version}`;
  if (run('git', ['tag', '--list', tag]) !== '') stop(`${tag} was released already`);
  for (const tarball of tarballs) run('npm', ['publish', join(out, 'npm', tarball)], ['ignore', 2, 2]);
  run('git', ['tag', '--annotate', '--message', `specialbit ${version}`, tag]);
  say(`published, and tagged ${tag}: push it, and add the files to the release`);
}
