// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * A process that does not outlive the one which started it, however that ends: the kernel ends it with its parent
 * (PR_SET_PDEATHSIG, by setpriv of util-linux), and where that is not to be had, when it has taken its time of the CPU.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const SHELL = '/bin/sh';
const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'] as const;
const WITH_PARENT = ['--pdeathsig', 'KILL', '--'] as const;
/** Threads that Node computes with: the program's, and those that collect garbage and compile. */
const THREADS = 5;

/** Puts before a command what binds it to its parent. */
export type Bind = (command: string, args: readonly string[]) => readonly [command: string, args: readonly string[]];

/** `seconds`: after which the parent itself would end the process. */
export function boundToParent(seconds: number): Bind {
  if (!existsSync(SHELL)) return (command, args) => [command, args];
  const setpriv = SETPRIV.find(
    (file) => existsSync(file) && spawnSync(file, [...WITH_PARENT, SHELL, '-c', ':'], { stdio: 'ignore' }).status === 0,
  );
  // exec: the process that was started is the one that is ended
  const script = `ulimit -c 0; ulimit -t ${seconds * THREADS}; exec "$@"`;
  const withParent = setpriv === undefined ? [] : [setpriv, ...WITH_PARENT];
  return (command, args) => [SHELL, ['-c', script, SHELL, ...withParent, command, ...args]];
}
