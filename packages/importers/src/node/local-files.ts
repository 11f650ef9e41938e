// SPDX-License-Identifier: GPL-2.0-or-later
/** Programs and files of this machine. */
import { readFileSync, realpathSync, statSync } from 'node:fs';
import type { Program } from '../convert/exec-image.js';
import type { LocalFiles } from '../imported.js';
import { parseElf } from './parse-elf.js';

/** Larger files are no programs. */
const MOST_BYTES = 2 ** 28;

/** A program of this machine: a file, and not whatever else a recording names. */
function localProgram(path: string): Program | undefined {
  try {
    const real = realpathSync(path);
    const size = localSize(real);
    if (size === undefined || size > MOST_BYTES) return undefined;
    const elf = parseElf(readFileSync(real));
    return elf === undefined ? undefined : { path: real, elf };
  } catch {
    return undefined;
  }
}

function localSize(path: string): number | undefined {
  try {
    const found = statSync(path);
    return found.isFile() ? found.size : undefined;
  } catch {
    return undefined;
  }
}

/** This machine's own, for recordings that were made on it. */
export const LOCAL_FILES: LocalFiles = { program: localProgram, sizeOf: localSize };
