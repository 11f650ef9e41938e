// SPDX-License-Identifier: GPL-2.0-or-later
import { defineBits, modify, protections } from './formula.js';
import type { LayoutSpec } from './layout.js';
import { bit, bits } from './mask.js';

/** A small layout of no real machine, from which tests make wrong ones. */
const { mask: B, bits: names } = defineBits({
  PRESENT: [bit(0), 'resident'],
  RW: [bit(1), 'write permission'],
  USER: [bit(2), 'user code may use it'],
  TYPE_MASK: [bits(4, 3), 'memory type'],
  ACCESSED: [bit(5), 'young'],
  DIRTY: [bit(6), 'dirty'],
  EXCLUSIVE: [bit(7), 'exclusive', 'swap'],
  SPECIAL: [bit(9), 'software: special'],
});
export const toyBits = B;
const page = B.PRESENT | B.USER | B.ACCESSED;

export const toy: LayoutSpec = {
  pteBits: 32,
  pageShift: 12,
  maxPhysmemBits: 32,
  bits: names,
  pfn: { fields: [{ at: 12, count: 20 }] },
  flags: { write: B.RW, dirty: B.DIRTY, young: B.ACCESSED, special: B.SPECIAL, swp_exclusive: B.EXCLUSIVE },
  tests: { present: B.PRESENT },
  ops: { modify: modify(bits(31, 12) | B.ACCESSED | B.DIRTY | B.SPECIAL | B.TYPE_MASK) },
  protectionMap: protections({ none: B.PRESENT, read: page, write: page | B.RW }),
  access: { user: B.USER, exec: true },
  swap: { type: { at: 1, count: 5 }, offset: [{ at: 8, count: 24 }] },
};
