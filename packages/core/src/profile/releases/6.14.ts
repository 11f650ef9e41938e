// SPDX-License-Identifier: GPL-2.0-or-later
import type { Release } from './release.js';

/** No source of it was at hand: what it has follows from the commits alone. */
export const release_6_14: Release = {
  version: '6.14',
  evidence: 'reported',
  warnings: {},
};
