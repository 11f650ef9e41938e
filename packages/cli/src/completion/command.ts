// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit completion SHELL`: what makes a shell complete the command line, and what that asks for. */
import { Argument, type Command } from 'commander';
import { type CommandContext, EXIT_CODES } from '../command-context.js';
import { EXIT } from '../failure.js';
import { answer } from './answer.js';
import { SCRIPTS, SHELLS, type Shell } from './scripts.js';

/** Adds the command to the command line. */
export function register(program: Command, { terminal, done, whole }: CommandContext): void {
  const completion = program
    .command('completion')
    .usage('[options] <shell>')
    .description('print what makes bash, zsh or fish complete commands, options and values')
    .addArgument(new Argument('<shell>', 'bash, zsh or fish').choices(SHELLS))
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      `
Architectures, lanes, kernels, examples, scenarios and files are completed too.

Examples:
  specialbit completion bash
  source <(specialbit completion bash)
  specialbit completion fish > ~/.config/fish/completions/specialbit.fish
${EXIT_CODES}`,
    )
    .action(async (shell: Shell, options) => {
      await terminal.out(options.json === true ? `${JSON.stringify({ script: SCRIPTS[shell] })}\n` : SCRIPTS[shell]);
      done(EXIT.fine);
    });
  completion
    .command('words', { hidden: true })
    .argument('[words...]')
    .helpOption(false)
    .action(async (words: string[]) => {
      const { candidates, files, open } = await answer(await whole(words), words);
      const lines = candidates.map(({ value, about }) => `${value}\t${about.replace(/\s+/g, ' ')}\n`);
      await terminal.out(`${lines.join('')}:${files ? ' files' : ''}${open ? ' nospace' : ''}\n`);
      done(EXIT.fine);
    });
}
