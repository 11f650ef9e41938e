// SPDX-License-Identifier: GPL-2.0-or-later
import type { Release } from './release.js';

export const release_7_1: Release = {
  version: '7.1',
  evidence: 'reported',
  warnings: {},
};
