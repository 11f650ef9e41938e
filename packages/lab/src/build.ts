// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Makes a kernel with the laboratory's driver and its init program. What was made is kept by a hash of all that it was
 * made of; the folder in which a tree was built is kept too, so that an edited tree builds what has changed.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import * as t from 'io-ts';
import type { Attendance } from './attendance.js';
import { asLabError, makeFolder, openCache } from './cache.js';
import { mergeFragments } from './configuration.js';
import { LabError } from './errors.js';
import { findSource, hashArchive, hashTree, type KernelTree, readTree, type Source, treeFiles } from './kernel-tree.js';
import type { Machine } from './machines.js';
import { LogFile, runLogged } from './run-logged.js';
import { DRIVER_FILES, makeShadow } from './shadow-tree.js';

export interface BuildOptions {
  /** The folder with driver, init program and configurations. */
  readonly guest: string;
  /** The folder of the cache. */
  readonly cache: string;
  readonly jobs: number;
  /** More symbols of configuration: `CONFIG_SECRETMEM=y`. */
  readonly config?: readonly string[];
  /** Only what is in the cache: nothing is made. */
  readonly onlyBuilt?: boolean;
  /** What is being done, a line each time. */
  readonly progress: (text: string) => void;
  readonly attendance: Attendance;
}

/** A kernel that can be booted. */
export interface BuiltKernel {
  readonly machine: string;
  /** `6.12.117`. */
  readonly release: string;
  /** Of everything that it was made of. */
  readonly key: string;
  /** The file that QEMU boots. */
  readonly image: string;
  /** SHA-256 of that file and of its `.config`. */
  readonly imageHash: string;
  readonly configHash: string;
  /** It was there already. */
  readonly cached: boolean;
}

/** made.json, beside a kernel in the cache: written last, so that what has it is whole. */
const made = t.type({ release: t.string, imageHash: t.string, configHash: t.string });
type Made = t.TypeOf<typeof made>;

/** Resolves to the kernel, made where it is not there yet. Throws LabError. */
export async function buildKernel(kernel: string, machine: Machine, options: BuildOptions): Promise<BuiltKernel> {
  const cache = openCache(options.cache);
  const source = findSource(kernel);
  const files = source.kind === 'tree' ? await treeFiles(source.tree) : [];
  const of = source.kind === 'tree' ? hashTree(source.tree, files) : hashArchive(source.file);
  const fragments = [...machine.configs.map((name) => join(options.guest, 'configs', `${name}.config`))];
  const configuration = mergeFragments([
    ...fragments.map((file) => readFileSync(file, 'utf8')),
    ...(options.config ?? []),
  ]);
  const key = keyOf([of, machine.name, configuration, ...guestTexts(options.guest), compilerVersion(machine)]);
  const kept = join(cache, 'kernels', key);
  if (existsSync(join(kept, 'made.json'))) return { ...read(kept), machine: machine.name, key, cached: true };
  if (options.onlyBuilt === true)
    throw new LabError(
      'lab.source',
      `Linux ${kernel} for ${machine.name}${withSymbols(options)} is not in the cache: specialbit lab build makes it`,
    );
  const tree = source.kind === 'tree' ? source.tree : await unpack(source, cache, options);
  const of2 = source.kind === 'tree' ? files : await treeFiles(tree);
  await make(tree, of2, machine, configuration, kept, options);
  return { ...read(kept), machine: machine.name, key, cached: false };
}

const withSymbols = ({ config = [] }: BuildOptions): string =>
  config.length === 0 ? '' : ` with ${config.join(', ')}`;

/** A name of a folder in the cache for all that something is made of. */
export function keyOf(parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:${part}`);
  return hash.digest('hex').slice(0, 32);
}

function guestTexts(guest: string): string[] {
  return [...DRIVER_FILES, 'init.c'].map((file) => readFileSync(join(guest, file), 'utf8'));
}

function compilerVersion({ cc }: Machine): string {
  try {
    return execFileSync(cc, ['-dumpfullversion', '-dumpmachine'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    throw new LabError(
      'lab.tools',
      `${cc} is not installed, or does not run: specialbit lab doctor tells what to install`,
    );
  }
}

function read(kept: string): Omit<BuiltKernel, 'machine' | 'key' | 'cached'> {
  const file = join(kept, 'made.json');
  const found = made.decode(jsonOf(file));
  if (found._tag === 'Right') return { ...found.right, image: join(kept, 'kernel') };
  throw new LabError(
    'lab.build',
    `${file}: expected release, imageHash and configHash of a kernel, found something else: specialbit lab clean removes all kernels`,
  );
}

/** Undefined for what is no JSON. */
function jsonOf(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

async function unpack(source: Source & { kind: 'archive' }, cache: string, options: BuildOptions): Promise<KernelTree> {
  const folder = join(
    cache,
    'sources',
    `${basename(source.file).replace(/\.tar\.\w+$/, '')}-${hashArchive(source.file).slice(0, 12)}`,
  );
  if (!existsSync(join(folder, 'Makefile'))) {
    options.progress(`unpacking ${source.file}`);
    const part = `${folder}.${process.pid}`;
    makeFolder(part);
    options.attendance.own(part);
    const log = new LogFile(join(part, '.log'));
    await runLogged('tar', ['-xf', source.file, '-C', part, '--strip-components=1'], log, options.attendance, () => {});
    rmSync(folder, { recursive: true, force: true });
    renameSync(part, folder);
    options.attendance.remove(part);
  }
  return readTree(folder);
}

async function make(
  tree: KernelTree,
  files: readonly string[],
  machine: Machine,
  configuration: string,
  kept: string,
  options: BuildOptions,
): Promise<void> {
  const { guest, cache, attendance, progress } = options;
  // without the tree's own content: what was built of it is built on
  const place = join(
    cache,
    'build',
    `${machine.name}-${keyOf([tree.folder, machine.name, configuration]).slice(0, 12)}`,
  );
  const [shadow, out] = [join(place, 'linux'), join(place, 'out')];
  makeFolder(out);
  const unlock = lock(place);
  const log = new LogFile(join(place, 'build.log'));
  try {
    progress(`Linux ${tree.release} for ${machine.name}: linking ${files.length} files`);
    makeShadow(tree, files, guest, shadow);
    copyFileSync(join(guest, 'init.c'), join(place, 'init.c'));
    copyFileSync(join(guest, 'pfnlab.h'), join(place, 'pfnlab.h'));
    const init = join(place, 'init');
    progress('compiling the init program');
    await runLogged(
      machine.cc,
      ['-O2', '-static', ...machine.cflags, '-o', init, join(place, 'init.c')],
      log,
      attendance,
      () => {},
    );
    const list = join(place, 'initramfs.list');
    writeFileSync(list, `dir /dev 0755 0 0\nnod /dev/console 0600 0 0 c 5 1\nfile /init ${init} 0755 0 0\n`);
    const ask = (targets: readonly string[], heard: (line: string) => void): Promise<void> =>
      runLogged(
        'make',
        [
          '-C',
          shadow,
          `O=${out}`,
          `ARCH=${machine.arch}`,
          `CROSS_COMPILE=${machine.cross}`,
          `-j${options.jobs}`,
          ...targets,
        ],
        log,
        attendance,
        heard,
      );
    progress('configuring');
    await ask(['tinyconfig'], () => {});
    const tiny = readFileSync(join(out, '.config'), 'utf8');
    const embed = `CONFIG_INITRAMFS_SOURCE="${list}"`;
    writeFileSync(join(out, '.config'), mergeFragments([tiny, configuration, embed]));
    await ask(['olddefconfig'], () => {});
    let made = 0;
    await ask([machine.target], (line) => {
      const [, file] = /^\s+(?:CC|AS|LD|AR|HOSTCC|LZO|GZIP|OBJCOPY)\s+(?:\[M\]\s+)?(\S+)/.exec(line) ?? [];
      if (file !== undefined) progress(`building: ${++made} files, ${file}`);
    });
    keep(tree, join(out, machine.image), join(out, '.config'), kept);
  } catch (error) {
    throw asLabError(error, place);
  } finally {
    log.close();
    unlock();
  }
}

/** Puts what was made where it is found, in one step. */
function keep(tree: KernelTree, image: string, config: string, kept: string): void {
  const part = `${kept}.${process.pid}`;
  mkdirSync(part, { recursive: true });
  copyFileSync(image, join(part, 'kernel'));
  copyFileSync(config, join(part, 'config'));
  const record: Made = { release: tree.release, imageHash: hashFile(image), configHash: hashFile(config) };
  writeFileSync(join(part, 'made.json'), JSON.stringify(record));
  rmSync(kept, { recursive: true, force: true });
  renameSync(part, kept);
}

function hashFile(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** One build at a time in a folder. Throws LabError while another one runs. */
function lock(place: string): () => void {
  const file = join(place, 'lock');
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw asLabError(error, place);
    }
    const owner = Number(readFileSync(file, 'utf8'));
    if (owner > 0 && isRunning(owner))
      throw new LabError('lab.build', `${place}: process ${owner} builds there: wait for it to end`);
    rmSync(file, { force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Kernels in the cache, newest release first. */
export function builtKernels(cache: string): { readonly release: string; readonly key: string }[] {
  const folder = join(cache, 'kernels');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((key) => existsSync(join(folder, key, 'made.json')))
    .map((key) => ({ release: read(join(folder, key)).release, key }))
    .sort((a, b) => b.release.localeCompare(a.release, undefined, { numeric: true }));
}
