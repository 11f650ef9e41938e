// SPDX-License-Identifier: GPL-2.0-or-later
/** Runs the console blocks of a guide, and compares what is printed with what the guide shows. */
import { spawnSync } from 'node:child_process';
import { delimiter, join, resolve } from 'node:path';

export interface Shown {
  readonly command: string;
  readonly code: number;
  /** Lines; `...` alone stands for any number of them, and within a line for any text. */
  readonly output: readonly string[];
}

/** The commands of a block, each with the output that is shown below it. */
export function parseConsole(block: string): Shown[] {
  const shown: { command: string; code: number; output: string[] }[] = [];
  for (const line of block.trimEnd().split('\n')) {
    const match = /^\$ (.*?)(?:\s+# exits with (\d+))?$/.exec(line);
    if (match !== null) shown.push({ command: match[1] ?? '', code: Number(match[2] ?? 0), output: [] });
    else shown.at(-1)?.output.push(line);
  }
  return shown;
}

export class Console {
  constructor(
    private cwd: string,
    private readonly bin: string,
  ) {}

  get folder(): string {
    return this.cwd;
  }

  /** Undefined where the command prints what is shown; else what is wrong. */
  run({ command, code, output }: Shown): string | undefined {
    if (command.startsWith('cd ')) {
      this.cwd = resolve(this.cwd, command.slice(3));
      return undefined;
    }
    if (command === 'npm install') return undefined; // the folder above has everything
    const { FORCE_COLOR: _, ...env } = process.env;
    const direct = command.replace(/^npx (?=specialbit )/, '');
    const done = spawnSync(direct, {
      cwd: this.cwd,
      shell: true,
      encoding: 'utf8',
      env: { ...env, NO_COLOR: '1', CI: '1', PATH: `${this.bin}${delimiter}${process.env.PATH ?? ''}` },
    });
    const printed = `${done.stdout}${done.stderr}`;
    if (done.status !== code) return `exit code ${done.status}, expected ${code}\n${printed}`;
    return matches(output, printed.trimEnd().split('\n'))
      ? undefined
      : `printed\n${printed}\nshown\n${output.join('\n')}`;
  }
}

export const binOf = (folder: string): string => join(folder, 'node_modules/.bin');

function matches(shown: readonly string[], printed: readonly string[]): boolean {
  if (shown.length === 0) return true;
  const [first = '', ...rest] = shown;
  if (first === '...') {
    for (let skip = 0; skip <= printed.length; skip++)
      if (rest.length === 0 || matchesAll(rest, printed.slice(skip))) return true;
    return false;
  }
  return matchesAll(shown, printed);
}

function matchesAll(shown: readonly string[], printed: readonly string[]): boolean {
  if (shown.length === 0) return printed.length === 0;
  if (shown[0] === '...') return matches(shown, printed);
  return (
    printed.length > 0 && sameLine(shown[0] ?? '', printed[0] ?? '') && matchesAll(shown.slice(1), printed.slice(1))
  );
}

function sameLine(shown: string, printed: string): boolean {
  if (!shown.includes('...')) return shown.trimEnd() === printed.trimEnd();
  const [before = '', after = ''] = shown.split('...');
  return printed.startsWith(before) && printed.endsWith(after);
}
