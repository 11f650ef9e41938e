// SPDX-License-Identifier: GPL-2.0-or-later
import type { CompiledCodec } from './codec.js';
import type { PteOp } from './compile-steps.js';
import type { PteTest } from './compile-test.js';

/** What `pte_mkwrite_novma` and `pte_mkwrite` are called among a layout's operations. */
const OP_NAME: { readonly [method: string]: string } = { mkwrite_novma: 'mkwrite', mkwrite: 'mkwrite_vma' };

/**
 * A codec with some operations replaced. `tests` and `ops`, which hold the same operations by name,
 * follow; `mkwrite` follows `mkwrite_novma` where nothing else is said of it.
 */
export function overrideCodec(codec: CompiledCodec, replaced: Partial<CompiledCodec>): CompiledCodec {
  const tests: Record<string, PteTest> = { ...codec.tests, ...replaced.tests };
  const ops: Record<string, PteOp> = { ...codec.ops, ...replaced.ops };
  for (const [method, own] of Object.entries(replaced)) {
    if (typeof own !== 'function') continue;
    const op = OP_NAME[method] ?? method;
    if (method in codec.tests) tests[method] = own as PteTest;
    else if (op in codec.ops || method in OP_NAME) ops[op] = own as PteOp;
  }
  const mkwrite = replaced.mkwrite ?? ops.mkwrite_vma ?? replaced.mkwrite_novma ?? codec.mkwrite;
  return { ...codec, ...replaced, mkwrite, tests, ops };
}
