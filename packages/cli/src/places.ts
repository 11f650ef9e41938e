// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Files that this package brings, by where they lie from here. In this one module because a bundled command has all its
 * modules elsewhere, but as deep as this one.
 */
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const from = (place: string): string => fileURLToPath(new URL(place, import.meta.url));

export const PACKAGE_JSON = from('../package.json');
/** What starts the command. */
export const COMMAND = from('./bin.js');
/** All that it needs lies below: in the bundle's package, else in the repository, whose packages need each other. */
export const COMMAND_FOLDER = COMMAND.endsWith(`bundle${sep}bin.js`) ? from('../') : from('../../../');
/** What `arch new` copies. */
export const PLUGIN_TEMPLATES = from('../templates/plugin/');
/** The examples, with the gallery among them: beside the package when it is installed, else the repository's. */
export const EXAMPLES = [from('../examples/'), from('../../../examples/')];
/** The module that a thread of `verify` runs. */
export const VERIFY_WORKER = from('./verify/worker.js');
/** The module that a thread of `sweep` runs. */
export const SWEEP_THREAD = from('./sweep/thread.js');
/** The page that `view` serves: in its package, in an installation without packages, or as it was built. */
export function pagePlaces(): readonly string[] {
  const places = [from('../page/'), from('../../viewer/dist/page/')];
  try {
    return [dirname(createRequire(import.meta.url).resolve('@specialbit/page/index.html')), ...places];
  } catch {
    return places;
  }
}
/** The driver of the laboratory, its init program and configurations: in the bundle, else in its package. */
export const LAB_GUEST = [from('../bundle/guest/'), from('../../lab/guest/')];
/** Hashes of the kernel functions that the model cites, in known releases. */
export const KNOWN_FUNCTIONS = [from('../bundle/known-functions.json'), from('../../lab/data/known-functions.json')];
