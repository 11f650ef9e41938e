// SPDX-License-Identifier: GPL-2.0-or-later
/** What stands behind the options in a command's help: its paragraphs, and its examples. */
import type { EventEmitter } from 'node:events';
import type { Command } from 'commander';

export interface HelpText {
  /** Blocks between empty lines, but those of the examples and of the exit codes. */
  readonly blocks: readonly (readonly string[])[];
  readonly examples: readonly string[];
  /** What the exit codes are: the number, and what it means. */
  readonly exits: readonly (readonly [code: string, meaning: string])[];
}

export function helpTextOf(command: Command): HelpText {
  let text = '';
  const write = (more: string): void => {
    text += more;
  };
  // as commander itself asks for what addHelpText('after') gave; its types do not say what it is
  (command as unknown as EventEmitter).emit('afterHelp', { error: false, command, write });
  const blocks = text
    .split(/\n\s*\n/)
    .map((block) => block.split('\n').filter((line) => line.trim() !== ''))
    .filter((block) => block.length > 0);
  const isExits = ([first]: readonly string[]): boolean => first!.startsWith('Exit codes:');
  const isExamples = ([first]: readonly string[]): boolean => first === 'Examples:';
  return {
    blocks: blocks.filter((block) => !isExamples(block) && !isExits(block)),
    exits: blocks.filter(isExits).flatMap((block) => exitsIn(block.join(' '))),
    examples: blocks.filter(isExamples).flatMap((block) => block.slice(1)),
  };
}

/** `Exit codes: 0 fine; 1 a mismatch; 2 wrong usage.` */
function exitsIn(text: string): [string, string][] {
  const parts = text.replace(/^Exit codes: /, '').split(/; (?=\d+ )/);
  return parts.map((part) => {
    const [, code, meaning] = /^(\d+) (.*)$/.exec(part) ?? [undefined, '', part];
    return [code!, meaning!];
  });
}

/** A block's lines, in runs of such that are indented, and others. */
export function runsOf(block: readonly string[]): { readonly indented: boolean; readonly lines: string[] }[] {
  const runs: { indented: boolean; lines: string[] }[] = [];
  for (const line of block) {
    const indented = line.startsWith('  ');
    if (runs.at(-1)?.indented === indented) runs.at(-1)!.lines.push(line);
    else runs.push({ indented, lines: [line] });
  }
  return runs;
}
