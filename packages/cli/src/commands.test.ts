// SPDX-License-Identifier: GPL-2.0-or-later
import { Command, Help } from 'commander';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from './commands.js';
import type { Terminal } from './terminal.js';

describe('the table of commands', () => {
  it.each(COMMANDS)('says of $name what the command says of itself', async ({ name, usage, description, load }) => {
    const program = new Command();
    (await load()).register(program, { terminal: {} as Terminal, done: () => {}, whole: async () => program });
    const [command] = program.commands;
    expect(Help.prototype.subcommandTerm(command!)).toBe(`${name} ${usage}`.trimEnd());
    expect(command!.description()).toBe(description);
  });
});
