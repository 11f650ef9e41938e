// SPDX-License-Identifier: GPL-2.0-or-later
/** The transcripts that a command line names. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../failure.js';

export interface Input {
  readonly file: string;
  readonly bytes: number;
}

const TRANSCRIPT = /\.jsonl(\.gz|\.zst)?$/;

/** Files as named, and every `*.jsonl` and `*.jsonl.gz` below directories. Throws InputError. */
export function transcriptFiles(paths: readonly string[]): Input[] {
  const inputs: Input[] = [];
  for (const path of paths) {
    const before = inputs.length;
    collect(path, inputs, true);
    if (inputs.length === before)
      throw new InputError(
        'input.transcripts',
        `${path}: no transcripts (*.jsonl, *.jsonl.gz, *.jsonl.zst) below this directory`,
      );
  }
  return inputs;
}

function collect(path: string, inputs: Input[], named: boolean): void {
  let stat: ReturnType<typeof statSync>;
  try {
    stat = statSync(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new InputError(
      'input.unreadable',
      `${path}: ${code === 'ENOENT' ? 'no such file' : `cannot be read: ${code}`}`,
    );
  }
  if (stat.isDirectory()) {
    for (const name of readdirSync(path).sort()) collect(join(path, name), inputs, false);
  } else if (named || TRANSCRIPT.test(path)) {
    inputs.push({ file: path, bytes: stat.size });
  }
}
