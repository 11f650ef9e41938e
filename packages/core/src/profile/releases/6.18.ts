// SPDX-License-Identifier: GPL-2.0-or-later
import type { Release } from './release.js';

export const release_6_18: Release = {
  version: '6.18.15',
  evidence: 'reported',
  source: 'linux 6.18.15 (Debian, 6.18.15-1~bpo13+1)',
  warnings: {},
};
