// SPDX-License-Identifier: GPL-2.0-or-later
import type { Pte } from './contract.js';
import type { Test } from './layout.js';
import { highHalf, lowHalf } from './mask.js';

export type PteTest = (p: Readonly<Pte>) => boolean;

/** A closure for a test; masks that lie in one half compare one number. */
export function compileTest(test: Test): PteTest {
  switch (test.kind) {
    case 'const':
      return test.value ? () => true : () => false;
    case 'equals':
      return compileEquals(test.mask, test.value);
    case 'nonzero': {
      const lo = lowHalf(test.mask);
      const hi = highHalf(test.mask);
      if (hi === 0) return (p) => (p.lo & lo) !== 0;
      if (lo === 0) return (p) => (p.hi & hi) !== 0;
      return (p) => ((p.lo & lo) | (p.hi & hi)) !== 0;
    }
    case 'not': {
      const inner = compileTest(test.test);
      return (p) => !inner(p);
    }
    case 'any': {
      const inner = test.tests.map(compileTest);
      if (inner.length === 2) {
        const [a, b] = inner as [PteTest, PteTest];
        return (p) => a(p) || b(p);
      }
      return (p) => inner.some((t) => t(p));
    }
    case 'all': {
      const inner = test.tests.map(compileTest);
      if (inner.length === 2) {
        const [a, b] = inner as [PteTest, PteTest];
        return (p) => a(p) && b(p);
      }
      return (p) => inner.every((t) => t(p));
    }
  }
}

function compileEquals(mask: bigint, value: bigint): PteTest {
  const maskLo = lowHalf(mask);
  const maskHi = highHalf(mask);
  const lo = lowHalf(value);
  const hi = highHalf(value);
  if (maskHi === 0) return maskLo === -1 ? (p) => p.lo === lo : (p) => (p.lo & maskLo) === lo;
  if (maskLo === 0) return (p) => (p.hi & maskHi) === hi;
  if (maskLo === -1 && maskHi === -1) return (p) => p.lo === lo && p.hi === hi;
  return (p) => (p.lo & maskLo) === lo && (p.hi & maskHi) === hi;
}
