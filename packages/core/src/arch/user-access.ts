// SPDX-License-Identifier: GPL-2.0-or-later
import { Canonical } from './canonical.js';
import type { CompiledCodec } from './codec.js';
import { compileOp } from './compile-steps.js';
import { compileTest } from './compile-test.js';
import type { Pte } from './contract.js';
import type { Recorder } from './facts.js';
import type { StepsSpec, TestSpec } from './layout.js';
import { ones } from './mask.js';

export type AccessOp = 'read' | 'write' | 'exec';

/**
 * Tries a user access through an entry: true when it works, false when it ends in the page fault
 * handler. Either way the entry then carries what hardware or the TLB miss handler recorded: some
 * handlers mark an entry young before the CPU refuses the access.
 */
export type UserAccess = (p: Pte, op: AccessOp) => boolean;

/** What the MMU, together with the TLB miss handler, does. */
export interface MmuSpec {
  /** Who sets young when user code touches the page. */
  readonly young: Recorder;
  /** Who sets dirty when user code stores to the page. */
  readonly dirty: Recorder;
  /** Rules of the table walker or TLB miss handler where they do not follow from the layout's tests. */
  readonly rules?: { readonly [op in AccessOp]?: AccessRule };
}

/** Where `if` holds, `then` happens to the entry, and the access works if `allow` (default: always) holds afterwards. */
export interface AccessRule {
  readonly if: TestSpec;
  readonly do?: StepsSpec;
  readonly allow?: TestSpec;
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
  const recordsYoung = mmu.young === 'hardware' || mmu.young === 'tlb-refill';
  const recordsDirty = mmu.dirty === 'hardware' || mmu.dirty === 'tlb-refill';
  const touch = (p: Pte): boolean => {
    if (recordsYoung) codec.mkyoung(p);
    return true;
  };
  const table: Record<AccessOp, (p: Pte) => boolean> = {
    read: (p) => mayUse(p) && codec.read(p) && touch(p),
    exec: (p) => mayUse(p) && codec.exec(p) && touch(p),
    write: (p) => {
      if (!(mayUse(p) && codec.write(p) && dirtyOk(p))) return false;
      if (recordsDirty) codec.mkdirty(p);
      return touch(p);
    },
  };
  const canonical = new Canonical(ones(pteBits));
  for (const [op, rule] of Object.entries(mmu.rules ?? {})) {
    const allowed = compileTest(canonical.test(rule.if, `mmu.rules.${op}.if`));
    const then = compileOp(canonical.steps(rule.do ?? [], `mmu.rules.${op}.do`));
    const works = compileTest(canonical.test(rule.allow ?? true, `mmu.rules.${op}.allow`));
    table[op as AccessOp] = (p) => {
      if (!allowed(p)) return false;
      then(p);
      return works(p);
    };
  }
  return (p, op) => table[op](p);
}
