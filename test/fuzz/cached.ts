// SPDX-License-Identifier: GPL-2.0-or-later
/** The cache of a log, damaged: what is read is the log all the same. */
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { formatEvent } from '@specialbit/events';
import { loadLog, openLogCached } from '@specialbit/events/node';
import { fault } from './command.js';
import * as corpus from './corpus.js';
import { mutateBytes } from './mutate-bytes.js';
import { type Answer, FILE, type Input, type Reader } from './reader.js';

const LOG = corpus.at('examples/s13-cow-linear-rule.jsonl');

async function read(input: Input, _file: string, folder: string): Promise<Answer> {
  const log = `${folder}/cached.jsonl`;
  const cache = `${folder}/cache`;
  rmSync(cache, { recursive: true, force: true });
  copyFileSync(LOG, log);
  const { cachePath } = await openLogCached(log, { cache });
  if (cachePath === undefined) return { rejected: false, fault: fault('answer', 'no cache was written') };
  // the input says what is put in the place of which bytes
  const bytes = readFileSync(cachePath);
  const damaged = input.bytes.length === 0 ? bytes : mutateOf(bytes, input.bytes);
  writeFileSync(cachePath, damaged);
  const again = await openLogCached(log, { cache });
  const events = [...again.log].map(formatEvent).join('\n');
  const plain = (await loadLog(log)).events.map(formatEvent).join('\n');
  if (events !== plain)
    return { rejected: false, fault: fault('wrong world', 'a damaged cache was taken for the log') };
  return { rejected: !again.cached };
}

/** Pairs of a place (three bytes) and a byte. */
function mutateOf(bytes: Buffer, edits: Uint8Array): Buffer {
  const out = Buffer.from(bytes);
  for (let i = 0; i + 4 <= edits.length; i += 4) out[Buffer.from(edits).readUIntLE(i, 3) % out.length] = edits[i + 3]!;
  return (edits.length & 3) === 0 ? out : out.subarray(0, out.length - (edits.length & 3) * 7);
}

export const CACHED: Reader = {
  name: 'cache',
  make: (random) => ({
    name: 'edits',
    bytes: mutateBytes(
      Uint8Array.from({ length: random.below(24) }, () => random.below(256)),
      random,
    ).subarray(0, 400),
    args: ['replay', FILE],
  }),
  run: read,
};
