// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * `npm run release`: checks, builds, and writes all that a release is into a folder, `release` if no other is said:
 * tarballs of the packages, manual pages, completion, a Debian package, a list of parts and SHA256SUMS. Then it publishes and tags; not so with `--dry-run`.
 *
 * `--out FOLDER`, `--built`: the packages are built as they are; `--allow-dirty`: with changes that are not committed.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { canMakeDeb, makeDeb } from './deb.mjs';
import { packInto, root, workspaces } from './packages.mjs';
import { sbomOf } from './sbom.mjs';
import { notesIn } from './version.mjs';

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
const { version, released } = workspaces().find(({ folder }) => folder === 'packages/cli').manifest;
const release = { version, released };
say(`version ${version} of ${released}`);
const notes = notesIn(join(root, '.changeset'));
if (notes.length > 0 && !options['dry-run'])
  stop(`${notes.length} changes have no version yet: npm run release:version`);

if (!options.built) {
  run('npm', ['run', '--silent', 'build'], ['ignore', 2, 2]);
  say('built');
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const tarballs = packInto(join(out, 'npm'));
say(`${tarballs.length} tarballs`);

const command = (...args) => run(process.execPath, [join(root, 'packages/cli/bin/specialbit.js'), ...args]);
command('man', '--output', join(out, 'man'));
mkdirSync(join(out, 'completion'));
for (const [shell, file] of [
  ['bash', 'specialbit.bash'],
  ['zsh', '_specialbit'],
  ['fish', 'specialbit.fish'],
])
  writeFileSync(join(out, 'completion', file), command('completion', shell));
say('manual pages, and completion');

if (canMakeDeb()) say(makeDeb(out, release));
else say('no Debian package: there is no dpkg-deb');
writeFileSync(join(out, 'sbom.cdx.json'), sbomOf(release));

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
