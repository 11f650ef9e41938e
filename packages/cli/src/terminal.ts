// SPDX-License-Identifier: GPL-2.0-or-later
/** The two output streams, and what they are: terminals that take colour, or anything else. */
import { once } from 'node:events';
import { type Colors, ownColors, type ShownStream, shown, steering } from './untrusted.js';

export interface Terminal {
  /** Writes to standard output; resolves when more may be written. What steers a terminal is escaped. */
  out(text: string): Promise<void>;
  /** Writes to standard error, likewise. */
  err(text: string): void;
  /** Draws a line over the last one on standard error, where `live`; without a text takes it away. */
  redraw(text?: string): void;
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

/** Where a terminal writes: a process has both as streams. */
export interface Streams {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: NodeJS.ProcessEnv;
}

/** A terminal on the streams of this process, or on others; what is written to either is escaped here, and nowhere else. */
export function processTerminal({ stdout, stderr, env }: Streams = process): Terminal {
  const live = stderr.isTTY === true && env.TERM !== 'dumb';
  const toOut: ShownStream = stdout;
  const toErr: ShownStream = stderr;
  return {
    out: async (text) => {
      if (!toOut.write(shown(text))) await once(stdout, 'drain');
    },
    err: (text) => void toErr.write(shown(text)),
    redraw: (text = '') => {
      if (live) toErr.write(steering`\r\u001b[K${shown(text)}`);
    },
    color: ownColors(takesColor(stdout, env)),
    errColor: ownColors(takesColor(stderr, env)),
    live,
  };
}
