// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The laboratory's copy of a kernel tree: symbolic links to the files of the tree, which stays as it is, and real files where
 * something is changed or added. A link has the time of what it points to, so that make builds what has changed.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { asLabError } from './cache.js';
import { LabError } from './errors.js';
import type { KernelTree } from './kernel-tree.js';
import { PATCHES } from './patches.js';

/** Sources of the driver, which go to `mm/`. */
export const DRIVER_FILES = ['pfnlab.c', 'pfnlab.h', 'pfnlab-folios.h', 'pfnlab-dump.h'] as const;

/** Makes the copy in `shadow` anew. `guest`: the folder of the driver's sources. */
export function makeShadow(tree: KernelTree, files: readonly string[], guest: string, shadow: string): void {
  try {
    rmSync(shadow, { recursive: true, force: true });
    const patched = new Map(PATCHES.map((patch) => [patch.file, patch]));
    const made = new Set<string>();
    for (const file of files) {
      const to = join(shadow, file);
      const folder = dirname(to);
      if (!made.has(folder)) {
        mkdirSync(folder, { recursive: true });
        made.add(folder);
      }
      const from = join(tree.folder, file);
      const patch = patched.get(file);
      if (patch === undefined) symlinkSync(from, to);
      else writeFileSync(to, patch.change(readFileSync(from, 'utf8')));
    }
    for (const file of DRIVER_FILES) {
      if (existsSync(join(shadow, 'mm', file)))
        throw new LabError(
          'lab.tree',
          `${tree.folder}: it has a laboratory's driver in it (mm/${file}): name the tree without it`,
        );
      copyFileSync(join(guest, file), join(shadow, 'mm', file));
    }
  } catch (error) {
    throw asLabError(error, shadow);
  }
}
