// SPDX-License-Identifier: GPL-2.0-or-later
/** The command at a terminal, by script(1), which has a pseudo-terminal for it. */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { root } from './specialbit.testkit.js';

/** Is there a script(1) that takes a command? That of util-linux does. */
export const hasTerminal = spawnSync('script', ['-qec', 'true', '/dev/null']).status === 0;

/** Types the keys of each question once it is shown, each question once. Resolves when the command ends. */
export function atTerminal(
  args: readonly string[],
  answers: readonly (readonly [question: string, keys: string])[],
): Promise<{ readonly code: number | null; readonly out: string }> {
  const bin = join(root, 'packages/cli/bin/specialbit.js');
  const command = ['stty cols 78 rows 40;', process.execPath, bin, ...args].join(' ');
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1', TERM: 'xterm' },
  });
  let out = '';
  let from = 0;
  const left = [...answers];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    out += chunk;
    const [next] = left;
    if (next === undefined || !stripVTControlCharacters(out.slice(from)).includes(next[0])) return;
    left.shift();
    from = out.length;
    // a question listens when it has been drawn
    setTimeout(() => child.stdin.write(next[1]), 100);
  });
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, out: stripVTControlCharacters(out).replaceAll('\r', '') }));
  });
}
