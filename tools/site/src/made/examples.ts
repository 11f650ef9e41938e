// SPDX-License-Identifier: GPL-2.0-or-later
/** The examples of a help: which of them can be run here, and what they print. */
import { exists, specialbit } from '../sources.js';

export interface Example {
  readonly command: string;
  /** What it printed; absent where it is too long, or was not run. */
  readonly output?: string;
  /** Why there is no output. */
  readonly why?: string;
  /** What it complained about; a help must not have such an example. */
  readonly broken?: string;
}

/** Lines of an output that is shown whole. */
const SHORT = 48;

/** What an example needs that is not here. */
const NEEDS: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/^specialbit (?:lab (?:build|run)|prove (?!--from)|fuzz )/, 'It takes a kernel under QEMU.'],
  [/^specialbit lab doctor/, 'It tells what your own machine has.'],
  [/--queue/, 'It takes a Redis server.'],
  [/^specialbit sweep|--time /, 'It takes its time, and writes a corpus.'],
  [/^specialbit merge|\.sweep/, 'It reads what a sweep wrote.'],
  [
    /^specialbit step\b|^specialbit lsp(?! --json)|^specialbit mcp(?! --(?:list|json))/,
    'It goes on until you leave it.',
  ],
  [/^specialbit (?:arch diff|atlas) /, 'It prints some hundred lines.'],
  [/^specialbit view (?!.*-o )/, 'It serves until it is interrupted.'],
  [/^specialbit record .*sh /, 'It records your own kernel.'],
  [/ -o | --output |>\s|--proof|--static|--corpus|arch new/, 'It writes files.'],
  [/\/proc\/|dmesg|~\//, 'It reads your own machine.'],
  [
    /^specialbit (?:search|ledger|interleave).*(?:--depth [3-9]|--cover|--json)/,
    'It searches longer than this page waits.',
  ],
];

/** The lines below `Examples:`; a line that ends in a backslash goes on. */
export function examplesOf(help: string): string[] {
  const [, after = ''] = help.split('\n\nExamples:\n');
  const lines = after.split('\n\n')[0]!.replaceAll(/ \\\n\s+/g, ' \\\n    ');
  return lines
    .split(/\n(?! {4})/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** The words behind `specialbit`; null where a shell is wanted for more than quotes. */
export function wordsOf(command: string): string[] | null {
  const one = command.replaceAll('\\\n', ' ');
  const inner = /^specialbit open "\$\(specialbit (.*)\)"$/.exec(one);
  if (inner !== null || /[|><$;]/.test(one.replace(/'[^']*'/g, '')) || !one.startsWith('specialbit ')) return null;
  return [...one.slice(11).matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!);
}

/** Why an example is not run here; undefined where it can be. */
export function needs(command: string): string | undefined {
  const known = NEEDS.find(([pattern]) => pattern.test(command));
  if (known !== undefined) return known[1];
  const words = wordsOf(command);
  if (words === null) return 'It takes a shell.';
  const absent = words.find((word) => /\.(?:jsonl|gz|txt|c)$/.test(word) && !exists(word));
  if (absent !== undefined) return `${absent} stands for a file of yours.`;
  const folder = words.slice(1).find((word) => /^(?:\.\/[\w.-]+|[a-z][\w.-]*\/)[\w/.-]*$/.test(word) && !exists(word));
  return folder === undefined ? undefined : `${folder} stands for a folder of yours.`;
}

export async function ranExample(command: string): Promise<Example> {
  const why = needs(command);
  if (why !== undefined) return { command, why };
  const { code, out, err } = await specialbit(wordsOf(command)!);
  if (code === 2) return { command, broken: err.trim() };
  const output = (out + err).trimEnd();
  const lines = output.split('\n').length;
  return lines <= SHORT ? { command, output } : { command, why: `It prints ${lines} lines.` };
}
