// SPDX-License-Identifier: GPL-2.0-or-later
import { release_6_1 } from './6.1.js';
import { release_6_6 } from './6.6.js';
import { release_6_8 } from './6.8.js';
import { release_6_12 } from './6.12.js';
import { release_6_14 } from './6.14.js';
import { release_6_16 } from './6.16.js';
import { release_6_17 } from './6.17.js';
import { release_6_18 } from './6.18.js';
import { release_6_19 } from './6.19.js';
import { release_7_0 } from './7.0.js';
import { release_7_1 } from './7.1.js';
import { release_7_2 } from './7.2.js';
import { release_7_3 } from './7.3.js';
import type { Release } from './release.js';

/** Every release that there is data of, oldest first. A new one is a file beside this one, and a line here. */
export const RELEASES: readonly Release[] = [
  release_6_1,
  release_6_6,
  release_6_8,
  release_6_12,
  release_6_14,
  release_6_16,
  release_6_17,
  release_6_18,
  release_6_19,
  release_7_0,
  release_7_1,
  release_7_2,
  release_7_3,
];

/** The data of exactly this point release; undefined for any other, even of the same series. */
export function releaseOf(version: string): Release | undefined {
  return RELEASES.find((release) => release.version === version);
}

/** `6.12` of `6.12.117`. */
export function seriesOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}
