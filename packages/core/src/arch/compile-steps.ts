// SPDX-License-Identifier: GPL-2.0-or-later
import { compileTest } from './compile-test.js';
import type { Pte } from './contract.js';
import type { Step, Steps } from './layout.js';
import { highHalf, lowHalf } from './mask.js';

/** An operation on an entry in place. */
export type PteOp = (p: Pte) => void;
/** An operation that also takes a protection, as pte_modify does. `prot` must not be `p`. */
export type PteProtOp = (p: Pte, prot: Readonly<Pte>) => void;
/** `old`: the entry as it was before the operation's first step. */
type StepOp = (p: Pte, prot: Readonly<Pte>, old: Readonly<Pte>) => void;

const NO_PROT: Readonly<Pte> = Object.freeze({ lo: 0, hi: 0 });

/** The operation without any step. */
export const unchanged: PteOp = () => {};

/** An operation that takes no protection (`orProt` adds nothing). */
export function compileOp(steps: Steps): PteOp {
  if (steps.length === 0) return unchanged;
  const only = steps[0] as Step;
  if (steps.length === 1 && only.kind === 'set') return compileSet(only.clear, only.or);
  if (!steps.some(asksOld)) {
    const run = compileSequence(steps);
    return (p) => run(p, NO_PROT, p);
  }
  const run = compileProtOp(steps);
  return (p) => run(p, NO_PROT);
}

export function compileProtOp(steps: Steps): PteProtOp {
  const [first, second] = steps;
  if (steps.length === 2 && first?.kind === 'set' && second?.kind === 'prot' && first.or === 0n) {
    return compileKeepOrProt(~first.clear, second.mask);
  }
  const run = compileSequence(steps);
  if (!steps.some(asksOld)) return (p, prot) => run(p, prot, p);
  // One scratch entry for the operation: operations do not nest, so nothing is allocated per call.
  const old: Pte = { lo: 0, hi: 0 };
  return (p, prot) => {
    old.lo = p.lo;
    old.hi = p.hi;
    run(p, prot, old);
  };
}

const asksOld = (step: Step): boolean =>
  step.kind === 'ifOld' ||
  step.kind === 'ifDiffer' ||
  (step.kind === 'if' && (step.do.some(asksOld) || step.else.some(asksOld)));

function compileSequence(steps: Steps): StepOp {
  const ops = steps.map(compileStep);
  if (ops.length === 0) return () => {};
  if (ops.length === 1) return ops[0] as StepOp;
  if (ops.length === 2) {
    const [first, second] = ops as [StepOp, StepOp];
    return (p, prot, old) => {
      first(p, prot, old);
      second(p, prot, old);
    };
  }
  return (p, prot, old) => {
    for (let i = 0; i < ops.length; i++) (ops[i] as StepOp)(p, prot, old);
  };
}

function compileStep(step: Step): StepOp {
  switch (step.kind) {
    case 'set':
      return compileSet(step.clear, step.or);
    case 'prot': {
      const lo = lowHalf(step.mask);
      const hi = highHalf(step.mask);
      return (p, prot) => {
        p.lo |= prot.lo & lo;
        p.hi |= prot.hi & hi;
      };
    }
    case 'xor': {
      const lo = lowHalf(step.mask);
      const hi = highHalf(step.mask);
      return (p) => {
        p.lo ^= lo;
        p.hi ^= hi;
      };
    }
    case 'if':
    case 'ifOld': {
      const test = compileTest(step.test);
      const yes = compileSequence(step.do);
      const no = compileSequence(step.else);
      if (step.kind === 'if' && step.else.length === 0) {
        return (p, prot, old) => {
          if (test(p)) yes(p, prot, old);
        };
      }
      if (step.kind === 'if') return (p, prot, old) => (test(p) ? yes : no)(p, prot, old);
      return (p, prot, old) => (test(old) ? yes : no)(p, prot, old);
    }
    case 'ifDiffer': {
      const test = compileTest(step.test);
      const then = compileSequence(step.do);
      return (p, prot, old) => {
        if (test(p) !== test(old)) then(p, prot, old);
      };
    }
  }
}

function compileSet(clear: bigint, or: bigint): PteOp {
  const keepLo = ~lowHalf(clear);
  const keepHi = ~highHalf(clear);
  const lo = lowHalf(or);
  const hi = highHalf(or);
  const touchesLo = keepLo !== -1 || lo !== 0;
  const touchesHi = keepHi !== -1 || hi !== 0;
  if (touchesLo && touchesHi) {
    return (p) => {
      p.lo = (p.lo & keepLo) | lo;
      p.hi = (p.hi & keepHi) | hi;
    };
  }
  if (touchesHi) {
    return (p) => {
      p.hi = (p.hi & keepHi) | hi;
    };
  }
  return (p) => {
    p.lo = (p.lo & keepLo) | lo;
  };
}

function compileKeepOrProt(keep: bigint, take: bigint): PteProtOp {
  const keepLo = lowHalf(keep);
  const keepHi = highHalf(keep);
  const takeLo = lowHalf(take);
  const takeHi = highHalf(take);
  return (p, prot) => {
    p.lo = (p.lo & keepLo) | (prot.lo & takeLo);
    p.hi = (p.hi & keepHi) | (prot.hi & takeHi);
  };
}
