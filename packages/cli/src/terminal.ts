// SPDX-License-Identifier: GPL-2.0-or-later
/** The two output streams, and what they are: terminals that take colour, or anything else. */
import { once } from 'node:events';
import pc from 'picocolors';

type Colors = ReturnType<typeof pc.createColors>;

export interface Terminal {
  /** Writes to standard output; resolves when more may be written. */
  out(text: string): Promise<void>;
  /** Writes to standard error. */
  err(text: string): void;
  /** Colours for standard output; the identity where it takes none. */
  readonly color: Colors;
  /** Colours for standard error. */
  readonly errColor: Colors;
  /** Standard error is a terminal on which a line can be drawn over. */
  readonly live: boolean;
}

/** NO_COLOR and FORCE_COLOR as their conventions say; otherwise a terminal has colour. */
function takesColor(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): boolean {
  if ((env.NO_COLOR ?? '') !== '') return false;
  if ((env.FORCE_COLOR ?? '') !== '') return env.FORCE_COLOR !== '0';
  return stream.isTTY === true && env.TERM !== 'dumb';
}

export function processTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  return {
    out: async (text) => {
      if (!stdout.write(text)) await once(stdout, 'drain');
    },
    err: (text) => void stderr.write(text),
    color: pc.createColors(takesColor(stdout, env)),
    errColor: pc.createColors(takesColor(stderr, env)),
    live: stderr.isTTY === true && env.TERM !== 'dumb',
  };
}
