// SPDX-License-Identifier: GPL-2.0-or-later
import { release_6_1 } from './6.1.js';
import { release_6_12 } from './6.12.js';
import { release_6_18 } from './6.18.js';
import { release_7_1 } from './7.1.js';
import { release_7_3 } from './7.3.js';
import type { Release } from './release.js';

/** Every release that there is data of, oldest first. A new one is a file beside this one, and a line here. */
export const RELEASES: readonly Release[] = [release_6_1, release_6_12, release_6_18, release_7_1, release_7_3];

/** The data of exactly this point release; undefined for any other, even of the same series. */
export function releaseOf(version: string): Release | undefined {
  return RELEASES.find((release) => release.version === version);
}

/** `6.12` of `6.12.117`. */
export function seriesOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}
