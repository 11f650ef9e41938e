// SPDX-License-Identifier: GPL-2.0-or-later
/** What was decoded, printed. */
import type { Decoded } from '@specialbit/decode';
import { EXIT } from '../failure.js';
import type { Terminal } from '../terminal.js';

/** Resolves to the exit code: unusable when nothing could be decoded. */
export async function printDecoded(
  { blocks, plain, undecided, unusable }: Decoded,
  json: boolean,
  terminal: Terminal,
): Promise<number> {
  await terminal.out(
    json
      ? `${JSON.stringify(plain.length === 1 ? plain[0] : plain, null, 2)}\n`
      : `${blocks(terminal)
          .map((lines) => lines.join('\n'))
          .join('\n\n')}\n`,
  );
  if (undecided !== undefined) terminal.err(`specialbit: ${undecided}\n`);
  return unusable === true ? EXIT.unusable : EXIT.fine;
}
