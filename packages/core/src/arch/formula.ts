/** Small words with which layouts are written. */
import type { NamedBits, StepSpec, TestSpec } from './layout.js';
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

/** The bits of a header: its names, masks, and what they mean in our words. */
export function defineBits<const K extends string>(
  sheet: { readonly [name in K]: readonly [mask: Mask, meaning?: string] },
): { readonly mask: { readonly [name in K]: bigint }; readonly bits: readonly NamedBits[] } {
  const mask = {} as Record<K, bigint>;
  const bits: NamedBits[] = [];
  for (const name of Object.keys(sheet) as K[]) {
    const [value, meaning = ''] = sheet[name];
    mask[name] = toMask(value, `bit ${name}`);
    bits.push({ name, mask: mask[name], meaning });
  }
  return { mask, bits };
}
