// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * A Debian package of the command: the bundle with its page under /usr/share/specialbit, for every architecture, and
 * nothing that it would have to fetch. Made with dpkg-deb; everything in it has the time of the release, and belongs to root.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { root } from './packages.mjs';

const MAINTAINER = 'specialbit maintainers <maintainers@specialbit.invalid>';

/** Is there what makes one? */
export function canMakeDeb() {
  try {
    execFileSync('dpkg-deb', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/**
 * Writes the package into `out`; `release` has the tarballs, the manual pages and the completions. Its name.
 */
export function makeDeb(release, { version, released }) {
  const folder = mkdtempSync(join(tmpdir(), 'specialbit-deb-'));
  try {
    const put = (file, text, mode = 0o644) => {
      const at = join(folder, file);
      mkdirSync(dirname(at), { recursive: true });
      writeFileSync(at, text);
      chmodSync(at, mode);
    };
    unpack(join(release, 'npm', `specialbit-cli-${version}.tgz`), join(folder, SHARE));
    unpack(join(release, 'npm', `specialbit-page-${version}.tgz`), join(folder, 'page'));
    cpSync(join(folder, 'page/dist'), join(folder, SHARE, 'page'), { recursive: true });
    rmSync(join(folder, 'page'), { recursive: true });
    const parts = [readNotices(join(folder, SHARE, 'bundle')), readNotices(join(folder, SHARE, 'page'))];
    // what Debian has elsewhere
    for (const file of ['LICENSE', 'README.md', 'dist']) rmSync(join(folder, SHARE, file), { recursive: true });
    mkdirSync(join(folder, 'usr/bin'), { recursive: true });
    symlinkSync('../share/specialbit/bin/specialbit.js', join(folder, 'usr/bin/specialbit'));
    for (const page of readdirSync(join(release, 'man')))
      put(`usr/share/man/man1/${page}.gz`, gzip(readFileSync(join(release, 'man', page))));
    put('usr/share/bash-completion/completions/specialbit', readFileSync(join(release, 'completion/specialbit.bash')));
    put('usr/share/zsh/vendor-completions/_specialbit', readFileSync(join(release, 'completion/_specialbit')));
    put(
      'usr/share/fish/vendor_completions.d/specialbit.fish',
      readFileSync(join(release, 'completion/specialbit.fish')),
    );
    put(`${DOC}/changelog.gz`, gzip(readFileSync(join(root, 'CHANGELOG.md'))));
    put(`${DOC}/copyright`, copyright(parts.flat()));
    put(`${DOC}/changelog.Debian.gz`, gzip(debianChangelog(version, released)));
    withoutInterpreters(join(folder, SHARE, 'examples'));
    tidy(folder);
    put('DEBIAN/control', control(version, sizeOf(folder)));
    put('DEBIAN/md5sums', sumsOf(folder));
    dated(folder, new Date(`${released}T00:00:00Z`));
    const name = `specialbit_${version}_all.deb`;
    execFileSync('dpkg-deb', ['--root-owner-group', '-Zxz', '--build', folder, join(release, name)], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, SOURCE_DATE_EPOCH: String(Date.parse(`${released}T00:00:00Z`) / 1000) },
    });
    return name;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const SHARE = 'usr/share/specialbit';
const DOC = 'usr/share/doc/specialbit';

function unpack(tarball, to) {
  mkdirSync(to, { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '-C', to, '--strip-components=1']);
}

/** As lintian wants it: best, and without a time. */
const gzip = (text) => gzipSync(text, { level: 9 });

const control = (version, kilobytes) => `Package: specialbit
Version: ${version}
Section: devel
Priority: optional
Architecture: all
Depends: nodejs (>= 20.19)
Suggests: bash-completion
Installed-Size: ${kilobytes}
Maintainer: ${MAINTAINER}
Homepage: https://github.com/specialbit/specialbit
Description: executable model of special mappings in Linux
 specialbit replays a log of what a process did, what a driver called and
 what the CPU touched, and derives the state of the kernel's memory manager
 from it, for any set of architectures and kernel versions at once: mappings,
 raw page table entries, counts of pages, and for every entry why
 vm_normal_page() says that it is or is not a normal page.
 .
 It shows where two architectures part and for what cause, steps through a
 log forth and back, reads recordings and reports of real kernels, and says
 which call a driver should map its memory with.
`;

const debianChangelog = (version, released) => {
  const date = new Date(`${released}T00:00:00Z`).toUTCString().replace('GMT', '+0000');
  return `specialbit (${version}) unstable; urgency=medium

  * Release ${version}; changelog.gz says what is new.

 -- ${MAINTAINER}  ${date}
`;
};

/** What others are in a bundle: `name version (licence)`, and the text of the licence. */
function readNotices(folder) {
  const text = readFileSync(join(folder, 'third-party.txt'), 'utf8');
  return text
    .split(/^-{78}\n/m)
    .slice(1)
    .map((part) => {
      const [, name, , license, words] = /^(\S+) (\S+) \((.*)\)\n\n([\s\S]*)$/.exec(part);
      return { name, license, words: words.trim() };
    });
}

/** DEP-5. */
function copyright(parts) {
  const byName = new Map(parts.map((part) => [part.name, part]));
  const stanzas = [...byName.values()].map(({ name, license, words }) => {
    const holders = [...words.matchAll(/^\s*(?:Copyright|\(c\)|©).*$/gim)].map(([line]) => line.trim());
    const owner = holders[0]?.replace(/^Copyright\s*(?:\(c\)|©)?\s*/i, '') ?? `the authors of ${name}`;
    return [
      `Files: usr/share/specialbit/bundle/* usr/share/specialbit/page/*`,
      `Copyright: ${owner}`,
      `License: ${license}-${name.replace(/[^a-z0-9]+/gi, '-').replace(/^-/, '')}`,
      `Comment: the parts that are ${name}'s`,
    ].join('\n');
  });
  const texts = [...byName.values()].map(({ name, license, words }) => {
    const own = `${license}-${name.replace(/[^a-z0-9]+/gi, '-').replace(/^-/, '')}`;
    const body =
      license === 'Apache-2.0' ? 'On Debian systems the text is in /usr/share/common-licenses/Apache-2.0.' : words;
    const lines = body.split('\n').map((line) => (line.trim() === '' ? ' .' : ` ${line.trimEnd()}`));
    return `License: ${own}\n${lines.join('\n')}`;
  });
  return `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: specialbit
Source: https://github.com/specialbit/specialbit

Files: *
Copyright: the authors of specialbit
License: GPL-2.0+

${stanzas.join('\n\n')}

License: GPL-2.0+
 This program is free software; you can redistribute it and/or modify it under
 the terms of the GNU General Public License as published by the Free Software
 Foundation; either version 2 of the License, or (at your option) any later
 version.
 .
 On Debian systems the text is in /usr/share/common-licenses/GPL-2.

${texts.join('\n\n')}
`;
}

/** An example in another language needs no interpreter to be installed: who runs it names one. */
function withoutInterpreters(folder) {
  for (const file of filesOf(folder)) {
    const text = readFileSync(join(folder, file), 'utf8');
    if (text.startsWith('#!')) writeFileSync(join(folder, file), text.replace(/^#!/, '# '));
  }
}

/** Nobody's umask, and only what is run can be run. */
function tidy(folder) {
  const isRun = (at) => statSync(at).isDirectory() || readFileSync(at, 'latin1').startsWith('#!');
  for (const at of [folder, ...readdirSync(folder, { recursive: true }).map((file) => join(folder, file))])
    chmodSync(at, isRun(at) ? 0o755 : 0o644);
}

const filesOf = (folder) =>
  readdirSync(folder, { recursive: true })
    .filter((file) => existsSync(join(folder, file)) && statSync(join(folder, file)).isFile())
    .sort();

const sizeOf = (folder) =>
  Math.ceil(filesOf(folder).reduce((sum, file) => sum + Math.ceil(statSync(join(folder, file)).size / 1024), 0));

function sumsOf(folder) {
  return filesOf(folder)
    .filter((file) => file.startsWith('usr/') && file !== 'usr/bin/specialbit')
    .map(
      (file) =>
        `${createHash('md5')
          .update(readFileSync(join(folder, file)))
          .digest('hex')}  ${file}\n`,
    )
    .join('');
}

function dated(folder, date) {
  for (const file of ['.', ...readdirSync(folder, { recursive: true })]) lutimesSync(join(folder, file), date, date);
}
