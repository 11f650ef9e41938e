// SPDX-License-Identifier: GPL-2.0-or-later
import type { Test } from './layout.js';

/** All bits that decide a test. */
export function testMask(test: Test): bigint {
  switch (test.kind) {
    case 'const':
      return 0n;
    case 'equals':
    case 'nonzero':
      return test.mask;
    case 'not':
      return testMask(test.test);
    case 'any':
    case 'all':
      return test.tests.reduce((mask, t) => mask | testMask(t), 0n);
  }
}
