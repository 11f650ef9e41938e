// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Which bits of an entry a test looks at, or an operation looks at and changes. Entries that are alike in these bits are
 * answered alike, and changed alike.
 */
import type { Pte } from './contract.js';
import type { PteLayout, Step } from './layout.js';
import { highHalf, lowHalf } from './mask.js';
import { testMask } from './test-mask.js';

function bitsOfStep(step: Step): bigint {
  switch (step.kind) {
    case 'set':
      return step.clear | step.or;
    case 'prot':
    case 'xor':
      return step.mask;
    case 'if':
    case 'ifOld':
      return testMask(step.test) | bitsOfSteps(step.do) | bitsOfSteps(step.else);
    case 'ifDiffer':
      return testMask(step.test) | bitsOfSteps(step.do);
  }
}

const bitsOfSteps = (steps: readonly Step[]): bigint => steps.reduce((bits, step) => bits | bitsOfStep(step), 0n);

const halves = (bits: bigint): Readonly<Pte> => Object.freeze({ lo: lowHalf(bits), hi: highHalf(bits) });

/** The bits that tell a present entry and a special one. */
export function bitsOfSpecial({ tests }: PteLayout): Readonly<Pte> {
  return halves(testMask(tests.present) | testMask(tests.special));
}

/** These, and the bits that copying an entry for a child (fork) looks at and changes. */
export function bitsOfCopy({ tests, ops, access }: PteLayout): Readonly<Pte> {
  const asked = [tests.present, tests.special, tests.write, access.exec].map(testMask);
  const changed = [ops.wrprotect, ops.mkclean, ops.mkold].map(bitsOfSteps);
  return halves([...asked, ...changed].reduce((all, bits) => all | bits, 0n));
}
