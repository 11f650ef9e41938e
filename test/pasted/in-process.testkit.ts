// SPDX-License-Identifier: GPL-2.0-or-later
/** Runs the command in this process: these tests are many, and say nothing about starting one. */
import { processTerminal, run } from '@specialbit/cli';

export interface Result {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export async function specialbit(...args: readonly string[]): Promise<Result> {
  let out = '';
  let err = '';
  const { color } = processTerminal();
  const code = await run(args, {
    out: async (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    redraw: () => {},
    color,
    errColor: color,
    live: false,
  });
  return { code, out, err };
}
