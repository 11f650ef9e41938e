// SPDX-License-Identifier: GPL-2.0-or-later
import { checkBits } from './check-bits.js';
import { checkOperations } from './check-operations.js';
import { checkSwap } from './check-swap.js';
import { Checker } from './checker.js';
import { type CompiledCodec, compileCodec } from './codec.js';
import type { PteLayout } from './layout.js';

/**
 * Compares the parts of a layout with each other: what a data sheet says twice must agree, and the
 * operations must do to an entry what mm code relies on. `codec`: where a plugin replaced operations
 * of the one that the layout compiles to. Throws ArchError at the first contradiction.
 */
export function checkLayout(layout: PteLayout, codec: CompiledCodec = compileCodec(layout)): void {
  const checker = new Checker(layout, codec);
  checkBits(checker);
  checkOperations(checker);
  checkSwap(checker);
  checker.finish();
}
