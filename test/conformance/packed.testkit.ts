// SPDX-License-Identifier: GPL-2.0-or-later
/** A folder in which our packages are installed as npm packs them, and everything else is linked. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));
const modules = join(root, 'node_modules');

/** Packages that an author of a plugin installs, with all that they need of ours. */
const PACKAGES = readdirSync(join(root, 'packages')).filter((name) =>
  existsSync(join(root, 'packages', name, 'package.json')),
);

export interface PackedFolder {
  readonly path: string;
  remove(): void;
}

/** Packs and unpacks; needs a build, and no network. */
export function packedFolder(): PackedFolder {
  const path = mkdtempSync(join(tmpdir(), 'specialbit-plugin-'));
  const tarballs = join(path, 'tarballs');
  const target = join(path, 'node_modules');
  mkdirSync(tarballs);
  mkdirSync(join(target, '@specialbit'), { recursive: true });
  mkdirSync(join(target, '.bin'));
  const workspaces = PACKAGES.flatMap((name) => ['-w', join('packages', name)]);
  execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', tarballs, ...workspaces], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  for (const tarball of readdirSync(tarballs)) {
    const name = tarball.replace(/^specialbit-(.*)-\d+\.\d+\.\d+\.tgz$/, '$1');
    const folder = join(target, '@specialbit', name);
    mkdirSync(folder);
    execFileSync('tar', ['-xzf', join(tarballs, tarball), '-C', folder, '--strip-components=1']);
  }
  for (const name of readdirSync(modules)) {
    if (name.startsWith('.') || name === '@specialbit') continue;
    symlinkSync(join(modules, name), join(target, name));
  }
  for (const command of ['tsc', 'vitest']) symlinkSync(join(modules, '.bin', command), join(target, '.bin', command));
  symlinkSync(join(target, '@specialbit/cli/bin/specialbit.js'), join(target, '.bin/specialbit'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
