// SPDX-License-Identifier: GPL-2.0-or-later
import { isAbsolute, relative, sep } from 'node:path';

/** Is the path that folder, or below it? Both as they are written: who asks about links gives real paths. */
export function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
