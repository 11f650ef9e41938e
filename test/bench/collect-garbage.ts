// SPDX-License-Identifier: GPL-2.0-or-later
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as (options?: { type: 'minor' }) => void;

/** Everything that can go goes; the memory of array buffers is given back a moment later. */
export async function collectGarbage(): Promise<NodeJS.MemoryUsage> {
  for (let i = 0; i < 3; i++) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return process.memoryUsage();
}

/** What was made since the last collection and is not used any more goes: some tenths of a millisecond. */
export function collectYoung(): void {
  gc({ type: 'minor' });
}
