// SPDX-License-Identifier: GPL-2.0-or-later
/** What was decoded, printed. */
import type { Decoded } from '@specialbit/decode';
import { EXIT } from '../failure.js';
import type { Terminal } from '../terminal.js';

/** Prints what was found in one text. Resolves to the exit code: unusable when nothing could be decoded. */
export async function printDecoded(decoded: Decoded, json: boolean, terminal: Terminal): Promise<number> {
  if (json) return printJson([decoded], terminal);
  await terminal.out(
    `${decoded
      .blocks(terminal)
      .map((lines) => lines.join('\n'))
      .join('\n\n')}\n`,
  );
  return codeOf(decoded, terminal);
}

/** What was found in all of them as one document: an object, or of several an array. */
export async function printJson(all: readonly Decoded[], terminal: Terminal): Promise<number> {
  const plain = all.flatMap((decoded) => decoded.plain);
  await terminal.out(`${JSON.stringify(plain.length === 1 ? plain[0] : plain, null, 2)}\n`);
  return Math.max(...all.map((decoded) => codeOf(decoded, terminal)));
}

function codeOf({ undecided, unusable }: Decoded, terminal: Terminal): number {
  if (undecided !== undefined) terminal.err(`specialbit: ${undecided}\n`);
  return unusable === true ? EXIT.unusable : EXIT.fine;
}
