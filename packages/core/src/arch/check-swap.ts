// SPDX-License-Identifier: GPL-2.0-or-later
import { type Checker, fieldMask, fieldsMask } from './checker.js';
import type { Pte, SwapEntry } from './contract.js';
import { hex } from './mask.js';
import { pteValue } from './raw.js';
import { testMask } from './test-mask.js';

/** Swap entries give back what was put in and are never taken for a page or for nothing. */
export function checkSwap(c: Checker): void {
  checkFields(c);
  const { codec } = c;
  const p: Pte = { lo: 0, hi: 0 };
  const back: SwapEntry = { type: 0, offset: 0 };
  for (const [type, offset] of samples(c)) {
    codec.swp_entry_to_pte(p, type, offset);
    checkLooks(c, p, type, offset);
    codec.pte_to_swp_entry(p, back);
    if (back.type !== type || back.offset !== offset) {
      c.fail(
        'swap-round-trip',
        'layout.swap',
        `swap entry (type ${type}, offset ${offset}) becomes ${show(p)}, which reads as (type ${back.type}, offset ${back.offset})`,
        'Correct swap.type or swap.offset',
      );
    }
    const plain = show(p);
    codec.swp_mkexclusive(p);
    checkLooks(c, p, type, offset);
    if (!codec.swp_exclusive(p)) {
      c.fail(
        'swp_exclusive',
        'layout.swap',
        `swp_mkexclusive turns ${plain} into ${show(p)}, for which swp_exclusive does not hold`,
        'Name one bit for flags.swp_exclusive',
      );
    }
    codec.swp_clear_exclusive(p);
    if (show(p) !== plain) {
      c.fail(
        'swp_clear_exclusive',
        'layout.swap',
        `swp_clear_exclusive does not undo swp_mkexclusive: ${plain} became ${show(p)}`,
        'Let both operations use one bit that the entry itself does not',
      );
    }
  }
}

/** Type, offset and the markers of a swap entry have bits of their own. */
function checkFields(c: Checker): void {
  const { swap, tests } = c.layout;
  const parts: [string, bigint][] = [
    ['swap.type', fieldMask(swap.type)],
    ['swap.offset', fieldsMask(swap.offset)],
  ];
  for (const name of ['swp_exclusive', 'swp_soft_dirty', 'swp_uffd_wp']) {
    const test = tests[name];
    if (test) parts.push([name, testMask(test)]);
  }
  parts.forEach(([a, aMask], i) => {
    for (const [b, bMask] of parts.slice(i + 1)) {
      if ((aMask & bMask) === 0n) continue;
      c.fail(
        'swap-fields',
        'layout.overlap',
        `${a} (${hex(aMask)}) and ${b} (${hex(bMask)}) overlap in ${hex(aMask & bMask)}`,
        'Give each a place of its own in the swap entry',
      );
    }
  });
}

function checkLooks(c: Checker, p: Pte, type: number, offset: number): void {
  const { codec } = c;
  const looks = codec.present(p) ? 'present' : codec.none(p) ? 'none' : undefined;
  if (!looks) return;
  const decides = testMask(c.layout.tests[looks]);
  c.fail(
    `swap-${looks}`,
    'layout.swap',
    `swap entry (type ${type}, offset ${offset}) is ${show(p)}, which is ${looks}: ${looks} looks at ${c.name(decides)}`,
    looks === 'present'
      ? 'Keep swap.type, swap.offset and swp_exclusive away from these bits'
      : 'Give swap.base a bit that pte_none looks at',
  );
}

/**
 * Offset 0 is the swap area's header: no page is ever there. Nor at the last offset of all, which
 * x86's inverted encoding turns into an empty entry.
 */
function* samples(c: Checker): Generator<readonly [number, number]> {
  const { swap } = c.layout;
  const bits = Math.min(53, Math.max(...swap.offset.map((f) => f.from + f.count)));
  const types = [0, 1, 2 ** swap.type.count - 1];
  for (const type of types) {
    for (let i = 0; i < bits; i++) yield [type, 2 ** i];
    yield [type, 2 ** bits - 2];
  }
}

const show = (p: Readonly<Pte>): string => hex(pteValue(p));
