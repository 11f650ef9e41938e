// SPDX-License-Identifier: GPL-2.0-or-later
/** The command line: its commands, and what an error in it looks like. */
import { Command, CommanderError, Help } from 'commander';
import { type CommandContext, EXIT_CODES, list } from './command-context.js';
import { COMMANDS } from './commands.js';
import { codeMark, EXIT } from './exit.js';
import type { Terminal } from './terminal.js';
import { version } from './version.js';

const HELP = { helpWidth: 78, showGlobalOptions: true } as const;

/** Runs a command line (without node and script). Resolves to the exit code; never throws. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  let code: number = EXIT.fine;
  const done = (result: number): void => {
    code = result;
  };
  try {
    const context: CommandContext = {
      terminal,
      done,
      whole: (names = COMMANDS.map(({ name }) => name)) => build(names, context),
    };
    const program = await build(args, context);
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.unusable;
    const { failureText } = await import('./failure.js');
    terminal.err(`specialbit: ${failureText(error)}\n`);
    if (process.env.DEBUG === 'specialbit' && error instanceof Error) terminal.err(`${error.stack}\n`);
    return EXIT.unusable;
  }
}

/** The command line with the commands that `args` name; of the others it knows what the help says of them. */
async function build(args: readonly string[], context: CommandContext): Promise<Command> {
  const program = new Command('specialbit')
    .description('An executable, time-travelling model of pte_special() and vm_normal_page() in Linux.')
    .version(version())
    .exitOverride()
    .showSuggestionAfterError(true)
    .configureHelp(HELP)
    .configureOutput({
      outputError: (text) => {
        const line = text
          .trimEnd()
          .replace(/^error: /, '')
          .replace(/\s*\n\s*/g, ' ');
        const code = /argument .* is invalid/.test(line) ? 'usage.value' : 'usage.command';
        context.terminal.err(`specialbit: ${line} ${codeMark(code)}\n`);
      },
    })
    .addHelpText('after', EXIT_CODES);
  for (const { name, description, load } of COMMANDS) {
    if (args.includes(name)) (await load()).register(program, context);
    else program.command(name).description(description);
  }
  const usage = new Map(COMMANDS.map((command) => [command.name, command.usage]));
  program.configureHelp({
    ...HELP,
    subcommandTerm: (command) => {
      const own = usage.get(command.name());
      return own === undefined ? Help.prototype.subcommandTerm(command) : `${command.name()} ${own}`;
    },
  });
  program
    .option('--plugin <module>', 'a JavaScript module or package with architectures; can be repeated', list)
    .hook('preAction', async () => {
      const { onlyPlugins } = await import('./plugin/only-plugins.js');
      await onlyPlugins(program.opts<{ plugin?: string[] }>().plugin ?? []);
    });
  return program;
}
