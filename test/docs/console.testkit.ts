// SPDX-License-Identifier: GPL-2.0-or-later
/** The `console` blocks of a document: commands after `$`, each with the output that it is said to have. */
import { readFileSync } from 'node:fs';

export interface Shown {
  /** Line in the document, from 1. */
  readonly line: number;
  /** As it stands there, without `$`. */
  readonly command: string;
  /** A line `...` stands for any lines. */
  readonly output: readonly string[];
}

export function shownCommands(file: string): Shown[] {
  const shown: { line: number; command: string; output: string[] }[] = [];
  let inside = false;
  for (const [i, text] of readFileSync(file, 'utf8').split('\n').entries()) {
    if (text.startsWith('```')) inside = text === '```console';
    else if (inside && text.startsWith('$ ')) shown.push({ line: i + 1, command: text.slice(2), output: [] });
    else if (inside) shown.at(-1)?.output.push(text);
  }
  return shown;
}

/** The arguments of the `specialbit` that a command line ends with; undefined when it runs something else. */
export function specialbitArguments(command: string): string[] | undefined {
  const last = command.split('&&').at(-1)!.trim();
  const match = /^(?:npx )?specialbit\b(.*)$/.exec(last);
  return match === null ? undefined : words(match[1]!);
}

/** Words as a shell splits them, with single and double quotes. */
function words(text: string): string[] {
  return [...text.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, single, double, bare]) => single ?? double ?? bare!);
}

/** Does `output` read as `expected` says? A line `...` stands for any lines, `...` in a line for anything. */
export function outputMatches(output: string, expected: readonly string[]): boolean {
  const patterns = expected.map((line) => {
    if (line === '...') return '(?:.*\\n)*?';
    return `${line.split('...').map(literal).join('.*')}\\n`;
  });
  return new RegExp(`^${patterns.join('')}$`).test(output);
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
