// SPDX-License-Identifier: GPL-2.0-or-later
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KERNEL } from './calls.testkit.js';
import { sourcesOf } from './imports.testkit.js';
import { bareErrors } from './reasons.testkit.js';

/** VM_FAULT_FALLBACK within a fault is no failure: handle_pte_fault() goes on with PTEs. */
const GOES_ON: Readonly<Record<string, RegExp>> = {
  'huge/huge-memory.ts': /VM_FAULT_FALLBACK/,
  'driver/vm-ops.ts': /VM_FAULT_FALLBACK/,
};

describe('an error of a kernel function', () => {
  it.each(sourcesOf(KERNEL).filter((file) => !/^reason\/|\.test(kit)?\.ts$|^base\/(errno|mm-types)\.ts$/.test(file)))(
    'has a reason wherever %s returns one',
    (file) => {
      const bare = bareErrors(readFileSync(join(KERNEL, file), 'utf8'));
      expect(bare.filter(({ text }) => GOES_ON[file]?.test(text) !== true)).toEqual([]);
    },
  );

  it.each([
    ['return -EINVAL;', 1],
    ['const error = bad ? -EFAULT : 0;', 1],
    ['let first = -EFAULT;', 1],
    ['if (x) return VM_FAULT_SIGBUS;', 1],
    ['ret |= VM_FAULT_OOM;', 1],
    ["return k.fails('mmap_no_length', -EINVAL);", 0],
    ["return bad ? k.turns('mlock_posix_fault', -ENOMEM) : 0;", 0],
    ['if (ret === -EFAULT) f();', 0],
    ['if ((ret & VM_FAULT_OOM) !== 0) f();', 0],
    ['// returns -EINVAL', 0],
  ])('is seen in %j: %d', (line, found) => {
    expect(bareErrors(`function f(): number {\n  ${line}\n}\n`)).toHaveLength(found);
  });
});
