// SPDX-License-Identifier: GPL-2.0-or-later
/** The log of every claim, as a file. */

import { join } from 'node:path';
import type { Judged } from '@specialbit/advice';
import { folderOf, writeOutput } from '../export/output.js';

import type { Terminal } from '../terminal.js';

/** `1-vmf_insert_pfn-fault-VM_PFNMAP/revoke.shared.P.jsonl` below `folder`. Resolves to how many there are. Throws InputError. */
export async function writeProofs(ways: readonly Judged[], folder: string, terminal: Terminal): Promise<number> {
  let written = 0;
  for (const [i, { way, claims }] of ways.entries()) {
    const below = join(folder, `${i + 1}-${way.id.replaceAll('/', '-')}`);
    folderOf(below);
    for (const { suite, map, frames, log } of claims) {
      const text = log();
      if (text === '') continue;
      await writeOutput([text], join(below, `${suite}.${map}.${frames}.jsonl`), terminal);
      written++;
    }
  }
  return written;
}
