// SPDX-License-Identifier: GPL-2.0-or-later
/** The workspaces of this repository, and those of them that are published, as npm packs them. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

const manifestIn = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

/** Every workspace: its folder from the root, and its package.json. */
export function workspaces() {
  return manifestIn(root).workspaces.map((folder) => ({ folder, manifest: manifestIn(join(root, folder)) }));
}

/** Those that are published, each behind those of them that it needs. */
export function published() {
  const all = new Map(
    workspaces()
      .filter(({ manifest }) => manifest.private !== true)
      .map((one) => [one.manifest.name, one]),
  );
  const sorted = new Set();
  const add = (name) => {
    const one = all.get(name);
    if (one === undefined || sorted.has(one)) return;
    const { dependencies, optionalDependencies } = one.manifest;
    for (const needed of Object.keys({ ...dependencies, ...optionalDependencies })) add(needed);
    sorted.add(one);
  };
  for (const name of all.keys()) add(name);
  return [...sorted];
}

/**
 * Packs the packages into `folder`, out of a copy, so that nobody sees what `prepack` adds in the meantime. The names of
 * the tarballs, in the order in which they can be published.
 */
export function packInto(folder) {
  const copy = mkdtempSync(join(tmpdir(), 'specialbit-pack-'));
  try {
    const packages = published();
    const add = (from, to) => cpSync(join(root, from), join(copy, to), { recursive: true, filter: isCurrent });
    add('package.json', 'package.json');
    for (const { folder: name, manifest } of packages) {
      for (const file of ['package.json', 'README.md', ...topOf(manifest.files)])
        if (existsSync(join(root, name, file))) add(join(name, file), join(name, file));
      // what its `prepack` adds: the licence, and pairs of where from and where to
      const pairs = /pack\.mjs add ?(.*)$/.exec(manifest.scripts?.prepack ?? '');
      if (pairs === null) throw new Error(`${name}/package.json: no "prepack" that adds the licence`);
      for (const pair of ['LICENSE:LICENSE', ...pairs[1].split(' ')].filter(Boolean)) {
        const [from, to] = pair.split(':');
        add(from, join(name, to));
      }
    }
    mkdirSync(folder, { recursive: true });
    const chosen = packages.flatMap(({ folder: name }) => ['-w', name]);
    const args = ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder, ...chosen];
    execFileSync('npm', args, { cwd: copy, stdio: ['ignore', 'ignore', 'pipe'] });
    const there = new Set(readdirSync(folder));
    return packages.map(({ manifest: { name, version } }) => {
      const tarball = `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
      if (!there.has(tarball)) throw new Error(`npm pack wrote no ${tarball}`);
      return tarball;
    });
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** What was compiled stays in `dist` when its source is gone: that is left out. */
function isCurrent(file) {
  const [, folder, name] = /^(.*)[/\\]dist[/\\](.*?)(?:\.d\.ts|\.js)(?:\.map)?$/.exec(file) ?? [];
  if (name === undefined || !existsSync(join(folder, 'src')) || name.startsWith('page')) return true;
  return ['.ts', '.tsx'].some((ending) => existsSync(join(folder, 'src', `${name}${ending}`)));
}

/** The first folders and files of what `files` lets in. */
const topOf = (files) => [...new Set(files.filter((file) => !file.startsWith('!')).map((file) => file.split('/')[0]))];
