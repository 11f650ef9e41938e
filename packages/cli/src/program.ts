/** The command line: what there is, its options and its help. */
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { describeFailure, EXIT } from './failure.js';
import type { Terminal } from './terminal.js';
import { transcribe } from './transcribe/command.js';
import { verify } from './verify/command.js';
import { version } from './version.js';

/** Runs a command line (without node and script). Resolves to the exit code; never throws. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  let code: number = EXIT.fine;
  const program = build(terminal, (result) => {
    code = result;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.unusable;
    terminal.err(`specialbit: ${describeFailure(error)}\n`);
    if (process.env['DEBUG'] === 'specialbit' && error instanceof Error) terminal.err(`${error.stack}\n`);
    return EXIT.unusable;
  }
}

const EXIT_CODES = `
Exit codes: 0 fine; 1 a mismatch, or architectures that part; 2 wrong usage or
unreadable input.`;

function build(terminal: Terminal, done: (code: number) => void): Command {
  const program = new Command('specialbit')
    .description('An executable, time-travelling model of pte_special() and vm_normal_page() in Linux.')
    .version(version())
    .exitOverride()
    .showSuggestionAfterError(true)
    .configureHelp({ helpWidth: 78 })
    .configureOutput({
      outputError: (text, write) => write(`specialbit: ${text.replace(/^error: /, '').replace(/\n(?=\S)/g, ' ')}`),
    })
    .addHelpText('after', EXIT_CODES);

  program
    .command('verify')
    .description('play kernel transcripts on the model and compare every field of every step')
    .argument('<file...>', 'transcripts (*.jsonl, *.jsonl.gz), or directories of them')
    .option('--json', 'print the result as JSON')
    .option('--max <n>', 'mismatches to show in full', natural, 5)
    .option('--known <file>', 'known divergences (default: test/known-divergences.json where there is one)')
    .option('--jobs <n>', 'worker threads (default: one a core)', natural)
    .addHelpText(
      'after',
      `
Examples:
  specialbit verify arm/curated.jsonl.gz
  specialbit verify --json kernel/ > result.json
${EXIT_CODES}`,
    )
    .action(async (files, options) => done(await verify(files, options, terminal)));

  program
    .command('transcribe')
    .description('print the transcript that the model would have written')
    .argument('<file>', 'a transcript, full or with everything observed removed')
    .option('-o, --output <file>', 'write to a file instead of standard output')
    .addHelpText(
      'after',
      `
The header and begin records are printed as they are, each step as the model
has it. Of a step only scenario, seq, mm and op are read, and the frames that
the real allocator chose: from the dump, or from a member
"alloc": {"A0": "404e7"} of a step whose observations were removed.

Examples:
  specialbit transcribe arm/curated.jsonl.gz | diff - <(zcat arm/curated.jsonl.gz)
${EXIT_CODES}`,
    )
    .action(async (file, options) => done(await transcribe(file, options, terminal)));

  return program;
}

export function natural(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Expected a number.');
  return Number(text);
}
