/** The command line: what there is, its options and its help. */
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { compare } from './compare/command.js';
import { explain } from './explain/command.js';
import { describeFailure, EXIT } from './failure.js';
import { replay } from './replay/command.js';
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
    if (process.env.DEBUG === 'specialbit' && error instanceof Error) terminal.err(`${error.stack}\n`);
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
    .command('replay')
    .description('what each event of a log returned and touched, and the state at the end')
    .argument('<log>', 'a log (JSON Lines, also gzip or zstd), or - for standard input')
    .option('--arch <names>', "architectures, with commas (default: the log's, else x86_64)", list)
    .option('--at <n>', 'stop after this many events', natural)
    .option('--no-events', 'the state only')
    .option('--follow', 'wait for more events until interrupted')
    .option('--json', 'print one JSON object an event, then one with the states')
    .addHelpText(
      'after',
      `
PTEs are shown with five letters: P present, W writable, D dirty, Y young,
S special. "normal" is what vm_normal_page() answers (page, NULL, or bad for a
bad page map), "because" the way that it went; \`specialbit explain\` tells it all.

Examples:
  specialbit replay examples/s10-binder.jsonl --arch arm
  specialbit replay examples/s08-prepopulate-race.jsonl --at 4 --no-events
${EXIT_CODES}`,
    )
    .action(async (log, options) => done(await replay(log, options, terminal)));

  program
    .command('compare')
    .description('the events at which architectures part, with the cause, and their states side by side')
    .argument('<log>', 'a log, or - for standard input')
    .option('--arch <names>', "architectures, with commas (default: the log's, else x86_64,arm)", list)
    .option('--at <n>', 'stop after this many events', natural)
    .option('--strict', 'count differences of young and dirty too')
    .option('--max <n>', 'partings to show in full', natural, 10)
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Examples:
  specialbit compare examples/s01-same-driver.jsonl --arch arm-lpae,arm
  specialbit compare examples/s13-cow-linear-rule.jsonl --arch x86_64,arm,m68k
${EXIT_CODES}`,
    )
    .action(async (log, options) => done(await compare(log, options, terminal)));

  program
    .command('explain')
    .description("vm_normal_page()'s way to its answer for one PTE, its bits, and who holds the frame")
    .argument('<log>', 'a log, or - for standard input')
    .argument('<page>', '"ring[2]", "ring" or an address such as 0x20001000')
    .option('--arch <names>', "architectures, with commas (default: the log's, else x86_64)", list)
    .option('--at <n>', 'after this many events (default: all)', natural)
    .option('--mm <n>', 'the address space', natural, 0)
    .option('--json', 'print the explanations as JSON')
    .addHelpText(
      'after',
      `
Examples:
  specialbit explain examples/s13-cow-linear-rule.jsonl 'map[1]' --arch arm --at 3
${EXIT_CODES}`,
    )
    .action(async (log, page, options) => done(await explain(log, page, options, terminal)));

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

/** An option that can be given several times, or with commas. */
function list(text: string, before: string[] = []): string[] {
  return [...before, text];
}
