// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit man [COMMAND]`: manual pages, made of what the help is made of. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suggestion } from '@specialbit/events';
import { makeFolders } from '@specialbit/events/node';
import type { Command } from 'commander';
import { type CommandContext, EXIT_CODES } from '../command-context.js';
import { EXIT, InputError, UsageError } from '../failure.js';
import { manualPage, pageName } from './page.js';

export interface ManOptions {
  readonly output?: string;
  readonly json?: boolean;
}

/** Adds the command to the command line. */
export function register(program: Command, context: CommandContext): void {
  program
    .command('man')
    .description('print the manual page of a command, for man -l; or write all of them into a folder')
    .argument('[name]', 'a command (default: specialbit itself)')
    .option('-o, --output <dir>', 'write the pages of all commands into this folder')
    .option('--json', 'print the page, or the names of those that were written, as JSON')
    .addHelpText(
      'after',
      `
Examples:
  specialbit man replay > specialbit-replay.1
  specialbit man --output pages
  specialbit man compare | man -l -
${EXIT_CODES}`,
    )
    .action(async (name, options) => context.done(await man(name, options, context)));
}

/** Resolves to the exit code. Throws UsageError, InputError. */
async function man(name: string | undefined, options: ManOptions, context: CommandContext): Promise<number> {
  const program = await context.whole();
  const pages = [program, ...program.commands.filter((command) => command.name() !== 'help')];
  if (options.output !== undefined) {
    if (name !== undefined) throw new UsageError('usage.options', '--output writes all pages: without a command');
    const files = pages.map((command) => written(command, options.output!));
    const text = `${files.length} pages in ${options.output}\n`;
    await context.terminal.out(options.json === true ? `${JSON.stringify({ files })}\n` : text);
    return EXIT.fine;
  }
  const wanted = name ?? program.name();
  const found = pages.find((command) => command.name() === wanted || pageName(command) === wanted);
  if (found === undefined) {
    const hint = suggestion(
      wanted,
      pages.map((command) => command.name()),
    );
    throw new UsageError('usage.command', `there is no command "${wanted}"${hint}`);
  }
  const page = manualPage(found);
  await context.terminal.out(options.json === true ? `${JSON.stringify({ name: pageName(found), page })}\n` : page);
  return EXIT.fine;
}

function written(command: Command, folder: string): string {
  const file = join(folder, `${pageName(command)}.1`);
  try {
    makeFolders(folder);
    writeFileSync(file, manualPage(command));
  } catch (error) {
    throw new InputError(
      'input.unwritable',
      `${file}: cannot be written: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`,
    );
  }
  return file;
}
