// SPDX-License-Identifier: GPL-2.0-or-later
import { readFileSync } from 'node:fs';
import { PACKAGE_JSON } from './places.js';

/** The version of this package. */
export function version(): string {
  const text = readFileSync(PACKAGE_JSON, 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
