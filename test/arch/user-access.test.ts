// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What user code's accesses did to entries in kernel transcripts, one example for each machine,
 * access and combination of flags: whoever sets young and dirty there, must set them here.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { formatPte, readPte } from '@specialbit/core/arch';
import { describe, expect, it } from 'vitest';
import { registry } from './configurations.js';

interface Observed {
  readonly accesses: { readonly [machine: string]: readonly (readonly ['read' | 'write', string, string, string])[] };
  readonly hw_pte: { readonly [machine: string]: readonly (readonly [linux: string, hardware: string])[] };
}
const observed = JSON.parse(
  gunzipSync(readFileSync(new URL('./user-access.json.gz', import.meta.url))).toString(),
) as Observed;

describe('user accesses', () => {
  it.each(Object.keys(observed.accesses))('%s', (machine) => {
    const arch = registry.get(machine);
    for (const [op, before, after, how] of observed.accesses[machine] ?? []) {
      const p = readPte(before);
      // Where a byte store is a load and a store, the load comes first; it may fault and be repeated.
      if (op === 'write' && arch.facts.byte_store_loads && !arch.user_access(p, 'read')) continue;
      const works = arch.user_access(p, op);
      // A page fault may change the entry in any way, unless it ended in a signal.
      if (works || how === 'signal') expect([op, before, how, formatPte(p)]).toEqual([op, before, how, after]);
      if (works) expect([op, before, how]).toEqual([op, before, '']);
    }
  });
});

describe('hardware entries', () => {
  it.each(Object.keys(observed.hw_pte))('%s', (machine) => {
    const { hw_pte } = registry.get(machine);
    for (const [linux, hardware] of observed.hw_pte[machine] ?? []) {
      expect([linux, hw_pte?.(readPte(linux)).toString(16)]).toEqual([linux, hardware]);
    }
  });
});
