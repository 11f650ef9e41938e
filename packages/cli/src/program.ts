// SPDX-License-Identifier: GPL-2.0-or-later
/** The command line: its commands, and what an error in it looks like. */
import { Command, CommanderError } from 'commander';
import { register as registerArch } from './arch/command.js';
import { register as registerBlame } from './blame/command.js';
import { type CommandContext, EXIT_CODES } from './command-context.js';
import { register as registerCompare } from './compare/command.js';
import { register as registerDecode } from './decode/command.js';
import { register as registerDiff } from './diff/command.js';
import { register as registerErrors } from './errors/command.js';
import { register as registerExplain } from './explain/command.js';
import { register as registerExport } from './export/command.js';
import { codeMark, EXIT, failureText } from './failure.js';
import { register as registerGallery } from './gallery/command.js';
import { register as registerImport } from './import/command.js';
import { register as registerKernel } from './kernel/command.js';
import { addPluginOption } from './plugin/option.js';
import { register as registerRecord } from './record/command.js';
import { register as registerReplay } from './replay/command.js';
import { register as registerStep } from './step/command.js';
import type { Terminal } from './terminal.js';
import { register as registerTranscribe } from './transcribe/command.js';
import { register as registerVerify } from './verify/command.js';
import { version } from './version.js';

/** Every command, in the order of the help. */
const COMMANDS = [
  registerReplay,
  registerCompare,
  registerExplain,
  registerStep,
  registerDiff,
  registerBlame,
  registerExport,
  registerVerify,
  registerImport,
  registerRecord,
  registerTranscribe,
  registerDecode,
  registerArch,
  registerKernel,
  registerGallery,
  registerErrors,
];

/** Runs a command line (without node and script). Resolves to the exit code; never throws. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  let code: number = EXIT.fine;
  const done = (result: number): void => {
    code = result;
  };
  try {
    await build({ terminal, done }).parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.unusable;
    terminal.err(`specialbit: ${failureText(error)}\n`);
    if (process.env.DEBUG === 'specialbit' && error instanceof Error) terminal.err(`${error.stack}\n`);
    return EXIT.unusable;
  }
}

function build(context: CommandContext): Command {
  const program = new Command('specialbit')
    .description('An executable, time-travelling model of pte_special() and vm_normal_page() in Linux.')
    .version(version())
    .exitOverride()
    .showSuggestionAfterError(true)
    .configureHelp({ helpWidth: 78, showGlobalOptions: true })
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
  for (const register of COMMANDS) register(program, context);
  addPluginOption(program);
  return program;
}
