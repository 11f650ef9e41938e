// SPDX-License-Identifier: GPL-2.0-or-later
/** Source trees of kernels: what is one, which release it is, and where those lie that are asked for by number. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { LabError } from './errors.js';

const run = promisify(execFile);

export interface KernelTree {
  /** Its top folder. */
  readonly folder: string;
  /** `6.12.117`. */
  readonly release: string;
}

/** The oldest release that the driver knows. */
const OLDEST = [6, 1] as const;

/** Throws LabError for what is no tree of a kernel from 6.1 on. */
export function readTree(folder: string): KernelTree {
  const wrong = (problem: string): LabError => new LabError('lab.tree', `${folder}: ${problem}`);
  let makefile: string;
  try {
    makefile = readFileSync(join(folder, 'Makefile'), 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw wrong(
      code === 'ENOENT' || code === 'ENOTDIR'
        ? 'no tree of a kernel: it has no Makefile'
        : `its Makefile cannot be read: ${code}`,
    );
  }
  const number = (name: string): number | undefined => {
    const found = new RegExp(`^${name} *= *(\\d+)`, 'm').exec(makefile)?.[1];
    return found === undefined ? undefined : Number(found);
  };
  const [version, patchlevel, sublevel] = [number('VERSION'), number('PATCHLEVEL'), number('SUBLEVEL')];
  if (version === undefined || patchlevel === undefined || !existsSync(join(folder, 'mm/memory.c')))
    throw wrong('no tree of a kernel: its Makefile names no VERSION and PATCHLEVEL, or there is no mm/memory.c');
  const release = `${version}.${patchlevel}${sublevel ? `.${sublevel}` : ''}`;
  if (version < OLDEST[0] || (version === OLDEST[0] && patchlevel < OLDEST[1]))
    throw wrong(`Linux ${release}: the laboratory's driver begins with ${OLDEST.join('.')}`);
  return { folder: resolve(folder), release };
}

/** Folders and archives of Debian's linux-source packages. */
const DEBIAN = '/usr/src';

export type Source =
  | { readonly kind: 'tree'; readonly tree: KernelTree }
  /** An archive that has to be unpacked first. */
  | { readonly kind: 'archive'; readonly file: string };

/**
 * What `--kernel` names: a folder; or a release (`6.12`), as a tree in LINUX_SOURCE (folders with `:` between), or of
 * Debian's package. Throws LabError.
 */
export function findSource(kernel: string, environment: NodeJS.ProcessEnv = process.env, debian = DEBIAN): Source {
  if (!/^\d+\.\d+(\.\d+)?$/.test(kernel)) return { kind: 'tree', tree: readTree(kernel) };
  const trees = (environment.LINUX_SOURCE ?? '').split(':').filter((folder) => folder !== '');
  for (const folder of trees) {
    const tree = existsSync(join(folder, 'Makefile')) ? readTree(folder) : undefined;
    if (tree !== undefined && `${tree.release}.`.startsWith(`${kernel}.`)) return { kind: 'tree', tree };
  }
  const name = `linux-source-${kernel}`;
  if (existsSync(join(debian, name, 'Makefile'))) return { kind: 'tree', tree: readTree(join(debian, name)) };
  for (const end of ['.tar.xz', '.tar.bz2', '.tar.zst']) {
    const file = join(debian, name + end);
    if (existsSync(file)) return { kind: 'archive', file };
  }
  throw new LabError(
    'lab.source',
    `no source of Linux ${kernel}: looked in LINUX_SOURCE (${trees.length === 0 ? 'not set' : trees.join(':')}) and for ${join(debian, name)}.tar.xz; apt-get install ${name}`,
  );
}

/** What a build leaves in a tree, and what no build reads. */
const LEFT_OUT = new Set(['.git', 'Documentation', 'samples']);
const BUILT = /^(include\/(config|generated)|arch\/[^/]+\/include\/generated)(\/|$)/;

/**
 * The files of a tree, sorted: of one with git what git knows or would add, so that a tree may have been built in; else all
 * of it, and a tree that was built in is refused, since the kernel's own make would refuse it.
 */
export async function treeFiles({ folder }: KernelTree): Promise<string[]> {
  if (existsSync(join(folder, '.git'))) {
    const { stdout } = await run('git', ['-C', folder, 'ls-files', '-co', '--exclude-standard', '-z'], {
      maxBuffer: 2 ** 28,
    });
    const files = stdout.split('\0').filter((file) => file !== '' && existsSync(join(folder, file)));
    return [...new Set(files)].sort();
  }
  if (existsSync(join(folder, '.config')) || existsSync(join(folder, 'include/config')))
    throw new LabError(
      'lab.tree',
      `${folder}: it has been built in, and is no git tree that tells what was there before: make mrproper in it, or name a copy`,
    );
  const files: string[] = [];
  const walk = (below: string): void => {
    for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
      const name = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!BUILT.test(name) && entry.name !== '.git') walk(name);
      } else files.push(name);
    }
  };
  walk('');
  return files.sort();
}

/** A hash of the names, sizes and times of all files that a build may read. */
export function hashTree({ folder }: KernelTree, files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) {
    if (LEFT_OUT.has(file.slice(0, file.indexOf('/')))) continue;
    const { size, mtimeMs } = lstatSync(join(folder, file));
    hash.update(`${file}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/** The same for an archive. */
export function hashArchive(file: string): string {
  const { size, mtimeMs } = statSync(file);
  return createHash('sha256')
    .update(`${basename(file)}\0${size}\0${mtimeMs}`)
    .digest('hex');
}
