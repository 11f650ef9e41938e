// SPDX-License-Identifier: GPL-2.0-or-later
import { type Checker, fieldMask } from './checker.js';
import type { Test } from './layout.js';
import { hex } from './mask.js';
import { testMask } from './test-mask.js';

/** The questions about a resident page; `none` looks at the whole entry, header's own tests may do as they like. */
const PAGE_TESTS = ['present', 'write', 'dirty', 'young', 'protnone', 'devmap', 'special', 'soft_dirty', 'uffd_wp'];

/** No bit has two meanings in one kind of entry. */
export function checkBits(c: Checker): void {
  checkNames(c);
  checkPfn(c);
  checkSpecial(c);
}

/** Names of one kind are apart, or one is a part (a value) of the other. */
function checkNames(c: Checker): void {
  const { bits } = c.layout;
  bits.forEach((a, i) => {
    for (const b of bits.slice(i + 1)) {
      const shared = a.mask & b.mask;
      if (a.kind !== b.kind || a.kind === 'mask' || shared === 0n || shared === a.mask || shared === b.mask) continue;
      c.fail(
        'names',
        'layout.overlap',
        `${a.name} (${hex(a.mask)}) and ${b.name} (${hex(b.mask)}) overlap in ${hex(shared)}`,
        'Correct one of the masks, or name the kind of entry that it is about (absent, swap, directory)',
      );
    }
  });
}

function checkPfn(c: Checker): void {
  const { layout, pfnMask } = c;
  layout.pfn.fields.forEach((a, i) => {
    for (const [j, b] of layout.pfn.fields.slice(0, i).entries()) {
      const shared = fieldMask(a) & fieldMask(b);
      if (shared === 0n) continue;
      c.fail(
        'pfn-fields',
        'layout.overlap',
        `pfn.fields[${j}] (${hex(fieldMask(b))}) and pfn.fields[${i}] (${hex(fieldMask(a))}) overlap in ${hex(shared)}`,
        'Give each part of the pfn bits of its own',
      );
    }
  });
  for (const name of PAGE_TESTS) {
    const shared = maskOf(c, name) & pfnMask;
    if (shared === 0n) continue;
    c.fail(
      `pfn-${name}`,
      'layout.overlap',
      `the pfn field (${hex(pfnMask)}) and what ${name} tests (${c.name(maskOf(c, name))}) overlap in ${hex(shared)}`,
      'Move the bit, or give the pfn fewer bits',
    );
  }
  layout.protectionMap.forEach((prot, i) => {
    if ((prot & pfnMask) === 0n) return;
    c.fail(
      'pfn-protection',
      'layout.overlap',
      `protectionMap[${i}] (${hex(prot)}) reaches into the pfn field (${hex(pfnMask)})`,
      'A protection holds no address bits: correct the protection or the field',
    );
  });
  const bits = Math.max(...layout.pfn.fields.map((f) => f.from + f.count));
  const needed = (layout.maxPhysmemBits ?? 0) - layout.pageShift;
  if (needed > bits) {
    c.fail(
      'pfn-width',
      'layout.pfn',
      `the pfn field holds ${bits} bits, but ${layout.maxPhysmemBits}-bit physical addresses with pages of 2^${layout.pageShift} bytes need ${needed}`,
      'Give the pfn more bits, or correct maxPhysmemBits',
    );
  }
}

/** The special bit is nobody else's: that is what makes it one. */
function checkSpecial(c: Checker): void {
  const special = maskOf(c, 'special');
  if (special === 0n) return;
  const names = c.layout.bits.filter((b) => b.kind === 'page' && (b.mask & special) !== 0n);
  // a wider name is a field that the bit lies in; a second one of the same bit is another meaning
  const other = names.find((b) => b.mask !== special) ?? names[1];
  if (other) {
    c.fail(
      'special-name',
      'layout.overlap',
      `the special bit ${c.name(special)} lies inside ${other.name} (${hex(other.mask)}: ${other.meaning})`,
      'Choose a bit that neither hardware nor software uses',
    );
  }
  for (const name of PAGE_TESTS) {
    if (name === 'special' || (maskOf(c, name) & special) === 0n) continue;
    c.fail(
      `special-${name}`,
      'layout.overlap',
      `the special bit ${c.name(special)} lies inside what ${name} tests (${hex(maskOf(c, name))})`,
      'Choose a bit that no other test looks at',
    );
  }
  c.layout.protectionMap.forEach((prot, i) => {
    if ((prot & special) === 0n) return;
    c.fail(
      'special-protection',
      'layout.overlap',
      `protectionMap[${i}] (${hex(prot)}) sets the special bit ${c.name(special)}, so that every page of such a mapping would be special`,
      'Choose another bit, or correct the protection',
    );
  });
}

function maskOf(c: Checker, test: string): bigint {
  const found: Test | undefined = c.layout.tests[test];
  return found ? testMask(found) : 0n;
}
