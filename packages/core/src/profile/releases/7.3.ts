// SPDX-License-Identifier: GPL-2.0-or-later
import type { Release } from './release.js';

export const release_7_3: Release = {
  version: '7.3.4',
  evidence: 'reported',
  source: 'linux-source-7.3 (Debian)',
  warnings: {},
};
