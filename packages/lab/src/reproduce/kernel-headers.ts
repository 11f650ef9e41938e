// SPDX-License-Identifier: GPL-2.0-or-later
/** The headers of a distribution's kernel: which machine and release they are of, and how a module is built with them where they lie. */
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { LabError } from '../errors.js';
import { findMachine, type Machine } from '../machines.js';

/** Throws LabError for a folder without a configuration, or of a machine that is not booted here. */
export function machineOf(headers: string): Machine {
  const config = readConfig(headers);
  const set = (name: string): boolean => new RegExp(`^${name}=y`, 'm').test(config);
  const known: readonly (readonly [string, string])[] = [
    ['CONFIG_X86_64', 'x86_64'],
    ['CONFIG_ARM64', 'arm64'],
    ['CONFIG_ARM_LPAE', 'arm-lpae'],
  ];
  const found = known.find(([name]) => set(name));
  if (found === undefined) throw new LabError('lab.machine', `${headers}: neither of x86_64, arm64 nor arm with LPAE`);
  return findMachine(found[1]);
}

function readConfig(headers: string): string {
  try {
    return readFileSync(join(headers, '.config'), 'utf8');
  } catch {
    throw new LabError('lab.source', `${headers}: no headers of a kernel: there is no .config in it`);
  }
}

export function releaseOf(headers: string): string {
  const file = join(headers, 'include/config/kernel.release');
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  const generated = join(headers, 'include/generated/utsrelease.h');
  const found = existsSync(generated) ? /UTS_RELEASE "([^"]+)"/.exec(readFileSync(generated, 'utf8'))?.[1] : undefined;
  return found ?? basename(resolve(headers));
}

/** Headers that were unpacked and not installed name each other by paths that are not there: the same with paths that are. */
export function usableHeaders(headers: string, work: string): string {
  const from = realpathSync(headers);
  const shadow = join(work, 'headers');
  const makefile = readFileSync(join(from, 'Makefile'), 'utf8');
  const moved = makefile.replaceAll(/\/usr\/(?:src|lib)\/[^\s/]+/g, (path) => {
    const near = join(dirname(from), basename(path));
    if (existsSync(path) || !existsSync(near)) return path;
    return near === from ? shadow : near;
  });
  if (moved === makefile) return from;
  mkdirSync(shadow);
  for (const name of readdirSync(from)) if (name !== 'Makefile') symlinkSync(join(from, name), join(shadow, name));
  writeFileSync(join(shadow, 'Makefile'), moved);
  return shadow;
}
