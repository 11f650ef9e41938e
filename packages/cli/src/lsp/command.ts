// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit lsp` */
import { initialized, serve } from '@specialbit/lsp';
import { type Command, Option } from 'commander';
import { architectures } from '../architectures.js';
import { type CommandContext, EXIT_CODES, list } from '../command-context.js';
import { EXIT } from '../exit.js';
import { version } from '../version.js';

interface LspOptions {
  /** As the option is called that is written last. */
  readonly arch?: readonly string[];
  readonly stdio?: boolean;
  readonly json?: boolean;
}

/** Adds the command to the command line. */
export function register(program: Command, { terminal, done }: CommandContext): void {
  program
    .command('lsp')
    .description('a language server for logs, over standard input and output: for editors')
    .option(
      '--lane, --arch <names>',
      "lanes in place of those of the logs, unless the editor's settings name them",
      list,
    )
    .addOption(new Option('--stdio', 'as editors ask for what it does anyway'))
    .option('--json', 'what the server can do, as JSON, and no server')
    .addHelpText(
      'after',
      `
An editor starts it: docs/editors.md has the lines for VS Code, Neovim and
Emacs. It shows errors as one types, completes types, members, labels, frames
and flags, says of each event what it did on each lane, and where lanes part.

Examples:
  specialbit lsp --lane x86_64,arm@6.12
  specialbit lsp --json
${EXIT_CODES}`,
    )
    .action(async (options: LspOptions) => {
      if (options.json === true) {
        await terminal.out(`${JSON.stringify(initialized(version()), null, 2)}\n`);
        done(EXIT.fine);
        return;
      }
      const said = await serve({
        architectures: () => architectures,
        lanes: options.arch,
        version: version(),
        input: process.stdin,
        output: process.stdout,
      });
      // an editor that said goodbye may leave its end open
      process.stdin.destroy();
      done(said ? EXIT.fine : EXIT.finding);
    });
}
