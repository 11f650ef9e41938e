// SPDX-License-Identifier: GPL-2.0-or-later
import { readFileSync } from 'node:fs';
import { PACKAGE_JSON } from './places.js';

interface Manifest {
  readonly version: string;
  readonly released: string;
}

const manifest = (): Manifest => JSON.parse(readFileSync(PACKAGE_JSON, 'utf8')) as Manifest;

/** The version of this package. */
export const version = (): string => manifest().version;

/** The day of its release, `2026-11-30`. */
export const released = (): string => manifest().released;
