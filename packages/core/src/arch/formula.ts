// SPDX-License-Identifier: GPL-2.0-or-later
/** Small words with which layouts are written. */
import type { EntryKind, NamedBits, StepSpec, StepsSpec, TestSpec } from './layout.js';
import { type Mask, ones, toMask } from './mask.js';

/** No bit of the mask is set. */
export const clear = (mask: Mask): TestSpec => ({ mask, value: 0n });
/** At least one bit of the mask is set. */
export const anyOf = (mask: Mask): TestSpec => ({ mask, nonzero: true });
/** The bits under the mask read exactly `value`. */
export const equals = (mask: Mask, value: Mask): TestSpec => ({ mask, value });
/** A property whose bit says the opposite: `inverted(_PAGE_FOW)` is "write". */
export const inverted = (mask: Mask): { readonly inverted: Mask } => ({ inverted: mask });

/** pte_modify as most architectures have it: keep `_PAGE_CHG_MASK`, take `take` (default: all) from the protection. */
export const modify = (keep: Mask, take: Mask = ones(64)): readonly StepSpec[] => [{ keep }, { orProt: take }];

/** The bits of a header: its names, masks, what they mean in our words, and in which kind of entry (default: a page). */
export function defineBits<const K extends string>(
  sheet: { readonly [name in K]: readonly [mask: Mask, meaning: string, kind?: EntryKind] },
): { readonly mask: { readonly [name in K]: bigint }; readonly bits: readonly NamedBits[] } {
  const mask = {} as Record<K, bigint>;
  const bits: NamedBits[] = [];
  for (const name of Object.keys(sheet) as K[]) {
    const [value, meaning, kind = 'page'] = sheet[name];
    mask[name] = toMask(value, `bit ${name}`);
    bits.push({ name, mask: mask[name], meaning, kind });
  }
  return { mask, bits };
}

/**
 * Entries of an MMU whose TLB is filled by software (mips, csky): hardware looks at a `valid` and a
 * `storeEnable` bit, which the helpers set only when software's own bits agree: valid when young
 * and readable, store enable when writable and modified.
 */
export function silentBits(bits: {
  readonly write: bigint;
  readonly modified: bigint;
  readonly accessed: bigint;
  readonly readable: TestSpec;
  readonly valid: bigint;
  readonly storeEnable: bigint;
}): { readonly tests: { readonly [name: string]: TestSpec }; readonly ops: { readonly [name: string]: StepsSpec } } {
  const { write, modified, accessed, readable, valid, storeEnable } = bits;
  return {
    tests: { write, dirty: modified, young: accessed },
    ops: {
      mkwrite: [{ or: write }, { if: modified, do: { or: storeEnable } }],
      wrprotect: { clear: write | storeEnable },
      mkdirty: [{ or: modified }, { if: write, do: { or: storeEnable } }],
      mkclean: { clear: modified | storeEnable },
      mkyoung: [{ or: accessed }, { if: readable, do: { or: valid } }],
      mkold: { clear: accessed | valid },
    },
  };
}

/**
 * vm_get_page_prot of the usual shape: private mappings are never writable (the first store copies
 * the page), and whatever may write may read. Index: VM_READ 1, VM_WRITE 2, VM_EXEC 4, VM_SHARED 8.
 */
export function protections(p: {
  readonly none: bigint;
  readonly read: bigint;
  readonly write: bigint;
  /** Absent: execution is not a right of its own. */
  readonly readExec?: bigint;
  readonly writeExec?: bigint;
}): readonly bigint[] {
  const { none, read, write, readExec = read, writeExec = write } = p;
  // biome-ignore format: private above, shared below
  return [
    none, read, read, read, readExec, readExec, readExec, readExec,
    none, read, write, write, readExec, readExec, writeExec, writeExec,
  ];
}
