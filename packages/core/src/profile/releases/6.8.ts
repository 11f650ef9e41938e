// SPDX-License-Identifier: GPL-2.0-or-later
import type { Release } from './release.js';

/** No source of it was at hand: what it has follows from the commits alone. */
export const release_6_8: Release = {
  version: '6.8',
  evidence: 'reported',
  warnings: {},
};
