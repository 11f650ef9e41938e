// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What a package is packed with and the repository keeps once: run by npm in the package's folder, with `add` before
 * (`prepack`) and `remove` behind (`postpack`). More than the licence is named as `FROM:TO`, FROM from the root.
 */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const [what, ...more] = process.argv.slice(2);
for (const pair of ['LICENSE:LICENSE', ...more]) {
  const [from, to] = pair.split(':');
  if (what === 'add') cpSync(join(root, from), to, { recursive: true });
  else rmSync(to, { recursive: true, force: true });
}
