// SPDX-License-Identifier: GPL-2.0-or-later
import { bitsOfCopy, bitsOfSpecial } from './bits-asked.js';
import { compileFields } from './compile-field.js';
import { compileCachemode, compilePgprot } from './compile-pgprot.js';
import { compileOp, compileProtOp, type PteOp, type PteProtOp } from './compile-steps.js';
import { compileTest, type PteTest } from './compile-test.js';
import type { Pte, PteCodec } from './contract.js';
import type { PteLayout, Steps, Test } from './layout.js';
import { highHalf, lowHalf } from './mask.js';

/** A codec made from a layout, with the header's own tests and operations by name. */
export interface CompiledCodec extends PteCodec {
  /** Every test of the layout, the header's own ones (`soft_dirty`, `huge`, ...) included. */
  readonly tests: { readonly [name: string]: PteTest };
  /** Every operation that takes no protection. */
  readonly ops: { readonly [name: string]: PteOp };
  /** Present entries that are alike in these bits are special alike; and in these, copied alike by fork. */
  readonly specialBits: Readonly<Pte>;
  readonly copyBits: Readonly<Pte>;
}

const entry = (value: bigint): Readonly<Pte> => Object.freeze({ lo: lowHalf(value), hi: highHalf(value) });

/** Compiles a layout: closures over 32-bit halves, no allocation and no bigint in any operation. */
export function compileCodec(layout: PteLayout): CompiledCodec {
  const tests: Record<string, PteTest> = {};
  for (const [name, test] of Object.entries(layout.tests)) tests[name] = compileTest(test as Test);
  const ops: Record<string, PteOp> = {};
  for (const [name, steps] of Object.entries(layout.ops)) if (name !== 'modify') ops[name] = compileOp(steps as Steps);
  const test = (name: string): PteTest => tests[name] as PteTest;
  const op = (name: string): PteOp => ops[name] as PteOp;

  const type = compileFields([layout.swap.type]);
  const offset = compileFields(layout.swap.offset);
  const base = entry(layout.swap.base);
  const scratch: Pte = { lo: 0, hi: 0 };
  return {
    none: test('none'),
    present: test('present'),
    write: test('write'),
    dirty: test('dirty'),
    young: test('young'),
    special: test('special'),
    protnone: test('protnone'),
    devmap: test('devmap'),
    ...compilePfn(layout),
    ...compilePgprot(layout),
    ...compileCachemode(layout),
    mkwrite_novma: op('mkwrite'),
    mkwrite: ops.mkwrite_vma ?? op('mkwrite'),
    wrprotect: op('wrprotect'),
    mkdirty: op('mkdirty'),
    mkclean: op('mkclean'),
    mkyoung: op('mkyoung'),
    mkold: op('mkold'),
    mkspecial: op('mkspecial'),
    mkdevmap: op('mkdevmap'),
    modify: compileProtOp(layout.ops.modify),
    set_pte: op('set_pte'),
    pgprot: op('pgprot'),
    empty: entry(layout.empty),
    swp_entry_to_pte(p, swapType, swapOffset) {
      p.lo = base.lo;
      p.hi = base.hi;
      type.xor(p, swapType);
      offset.xor(p, swapOffset);
    },
    pte_to_swp_entry(p, out) {
      scratch.lo = p.lo ^ base.lo;
      scratch.hi = p.hi ^ base.hi;
      out.type = type.get(scratch);
      out.offset = offset.get(scratch);
    },
    swp_mkexclusive: op('swp_mkexclusive'),
    swp_exclusive: test('swp_exclusive'),
    swp_clear_exclusive: op('swp_clear_exclusive'),
    protection_map: Object.freeze(layout.protectionMap.map(entry)),
    user: compileTest(layout.access.user),
    read: compileTest(layout.access.read),
    exec: compileTest(layout.access.exec),
    tests,
    ops,
    specialBits: bitsOfSpecial(layout),
    copyBits: bitsOfCopy(layout),
  };
}

/** pte_pfn and pfn_pte. The pfn's field is or-ed with the protection, so the protection must not reach into it. */
function compilePfn(layout: PteLayout): Pick<PteCodec, 'pfn' | 'pfn_pte'> {
  const field = compileFields(layout.pfn.fields);
  const construct: PteProtOp | undefined = layout.construct.length ? compileProtOp(layout.construct) : undefined;
  const { invertWhen, invertMask } = layout.pfn;
  if (!invertWhen) {
    return {
      pfn: field.get,
      pfn_pte(p, pfn, prot) {
        p.lo = prot.lo;
        p.hi = prot.hi;
        field.or(p, pfn);
        construct?.(p, prot);
      },
    };
  }
  const inverted = compileTest(invertWhen);
  const lo = lowHalf(invertMask);
  const hi = highHalf(invertMask);
  const scratch: Pte = { lo: 0, hi: 0 };
  return {
    pfn(p) {
      if (!inverted(p)) return field.get(p);
      scratch.lo = p.lo ^ lo;
      scratch.hi = p.hi ^ hi;
      return field.get(scratch);
    },
    pfn_pte(p, pfn, prot) {
      const invert = inverted(prot);
      // The protection comes in after the inversion, as in x86's pfn_pte.
      const protLo = prot.lo;
      const protHi = prot.hi;
      p.lo = 0;
      p.hi = 0;
      field.or(p, pfn);
      p.lo = (invert ? p.lo ^ lo : p.lo) | protLo;
      p.hi = (invert ? p.hi ^ hi : p.hi) | protHi;
      construct?.(p, prot);
    },
  };
}
