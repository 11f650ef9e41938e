// SPDX-License-Identifier: GPL-2.0-or-later
import { Command, Help } from 'commander';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from './commands.js';
import { OUTPUTS } from './schema/outputs.js';
import type { Terminal } from './terminal.js';

/** The words of a command that knows --json, and of those below it, with dots between. */
function printing(command: Command, before = ''): string[] {
  const name = `${before}${command.name()}`;
  const own = command.options.some(({ long }) => long === '--json') ? [name] : [];
  return [...own, ...command.commands.flatMap((below) => printing(below, `${name}.`))];
}

describe('the table of commands', () => {
  it.each(COMMANDS)('says of $name what the command says of itself', async ({ name, usage, description, load }) => {
    const program = new Command();
    (await load()).register(program, { terminal: {} as Terminal, done: () => {}, whole: async () => program });
    const [command] = program.commands;
    expect(Help.prototype.subcommandTerm(command!)).toBe(`${name} ${usage}`.trimEnd());
    expect(command!.description()).toBe(description);
    // whatever is printed with --json has a schema; that it is true is seen where the commands are run (test/schema)
    const words = printing(command!);
    expect(words).not.toEqual([]);
    for (const one of words)
      expect(
        Object.keys(OUTPUTS).filter((schema) => schema === one || schema.startsWith(`${one}.`)),
        one,
      ).not.toEqual([]);
  });
});
