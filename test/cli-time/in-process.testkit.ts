// SPDX-License-Identifier: GPL-2.0-or-later
/** Runs the command's sources in this process: quick, for what has to be run often. */
import { processTerminal, run } from '@specialbit/cli';
import { withoutCodes } from '../cli/codes.testkit.js';
import type { Result } from '../cli/specialbit.testkit.js';

/** Runs `specialbit ARGS`; `codes`: leave the codes in what is shown of errors. */
export async function inProcess(args: readonly string[], codes = false): Promise<Result> {
  let out = '';
  let err = '';
  process.env.NO_COLOR = '1';
  const code = await run(args, {
    ...processTerminal(),
    out: async (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    live: false,
  });
  return { code, out, err: codes ? err : withoutCodes(err) };
}
