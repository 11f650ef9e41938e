import type { Pte } from './contract.js';
import type { CompiledCodec } from './codec.js';
import { compileOp } from './compile-steps.js';
import { compileTest } from './compile-test.js';
import { Canonical } from './canonical.js';
import type { Recorder } from './facts.js';
import type { StepsSpec, TestSpec } from './layout.js';
import { ones } from './mask.js';

export type AccessOp = 'read' | 'write' | 'exec';

/**
 * Tries a user access through an entry: false means that the CPU faults into handle_mm_fault and
 * that the entry is as it was; true that the access works, and the entry carries what hardware or
 * the TLB miss handler recorded.
 */
export type UserAccess = (p: Pte, op: AccessOp) => boolean;

/** What the MMU, together with the TLB miss handler, does. */
export interface MmuSpec {
  /** Who sets young when user code touches the page. */
  readonly young: Recorder;
  /** Who sets dirty when user code stores to the page. */
  readonly dirty: Recorder;
  /**
   * Rules of the TLB miss handler or table walker that do not follow from the tests of the layout:
   * for an access, what the entry must satisfy and what happens to it then.
   */
  readonly rules?: { readonly [op in AccessOp]?: { readonly if: TestSpec; readonly then?: StepsSpec } };
}

/**
 * The default: an access needs a present entry that user mode may use, a store needs `write`, an
 * instruction fetch `exec`; young and dirty are set on the way or, where only a fault sets them,
 * must already be there.
 */
export function compileUserAccess(mmu: MmuSpec, codec: CompiledCodec, pteBits: number): UserAccess {
  const youngOk = mmu.young === 'fault' ? codec.young : () => true;
  const dirtyOk = mmu.dirty === 'fault' ? codec.dirty : () => true;
  const mayUse = (p: Pte): boolean => codec.present(p) && codec.user(p) && youngOk(p);
  const touch = (p: Pte): boolean => {
    if (mmu.young !== 'fault') codec.mkyoung(p);
    return true;
  };
  const table: Record<AccessOp, (p: Pte) => boolean> = {
    read: (p) => mayUse(p) && touch(p),
    exec: (p) => mayUse(p) && codec.exec(p) && touch(p),
    write: (p) => {
      if (!(mayUse(p) && codec.write(p) && dirtyOk(p))) return false;
      if (mmu.dirty !== 'fault') codec.mkdirty(p);
      return touch(p);
    },
  };
  const canonical = new Canonical(ones(pteBits));
  for (const [op, rule] of Object.entries(mmu.rules ?? {})) {
    const allowed = compileTest(canonical.test(rule.if, `mmu.rules.${op}.if`));
    const then = compileOp(canonical.steps(rule.then ?? [], `mmu.rules.${op}.then`));
    table[op as AccessOp] = (p) => {
      if (!allowed(p)) return false;
      then(p);
      return true;
    };
  }
  return (p, op) => table[op](p);
}
