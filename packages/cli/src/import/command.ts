// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit import [FORMAT] FILE...` */
import { existsSync } from 'node:fs';
import { importSummary } from '@specialbit/decode';
import { encodeEvent, encodeHeader, formatEvent, formatHeader } from '@specialbit/events';
import { writeLog } from '@specialbit/events/node';
import { FORMATS, type Format, type Imported } from '@specialbit/importers';
import { LOCAL_FILES } from '@specialbit/importers/node';
import type { Command } from 'commander';
import { architectureNamed } from '../architectures.js';
import { type CommandContext, EXIT_CODES, list } from '../command-context.js';
import { EXIT, UsageError } from '../failure.js';
import type { Terminal } from '../terminal.js';
import { importFiles } from './imported-log.js';
import { recordedKernel } from './recorded-kernel.js';

export interface ImportCommandOptions {
  readonly output?: string;
  readonly base?: string;
  readonly kernel?: string;
  readonly arch?: string;
  readonly config?: string[];
  /** Look at programs of this machine. */
  readonly local?: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** Adds the command to the command line. */
export function register(program: Command, { terminal, done }: CommandContext): void {
  program
    .command('import')
    .description('turn a recording of a real kernel into a log')
    .argument('<file...>', `a format (${FORMATS.join(', ')}) where it is not to be guessed, then files of one run`)
    .option('-o, --output <log>', 'write to a file instead of standard output; compressed when it ends in .gz')
    .option('--base <file>', 'what the first process has when the recording begins: maps, smaps, vmas or snapshots')
    .option('--kernel <release>', 'the kernel that was recorded, for instance 6.18')
    .option('--arch <name>', 'the architecture that was recorded, where the recording does not say')
    .option('--config <symbols>', 'its Kconfig symbols (default: CONFIG_KSM,CONFIG_TRANSPARENT_HUGEPAGE)', list)
    .option('--local', 'look at programs and files of this machine, which a recording names, for headers and sizes')
    .option('--quiet', 'no summary')
    .option('--json', 'one JSON object with header, events and what was left out; with -o without the events')
    .addHelpText(
      'after',
      `
A strace log (-f -yy -ttt) and an ftrace log of the same run go together: the
one knows names, the other page faults and when things happened. A folder with
strace.txt, ftrace.txt and meta.json is a whole recording. What no line says
is chosen by the model; the header's "chosen" has a remark for each such thing.
Every other command takes recordings directly as well.

Examples:
  specialbit import strace.txt -o run.jsonl
  specialbit import strace.txt ftrace.txt --kernel 6.18 -o run.jsonl.gz
  specialbit import maps /proc/1234/maps | specialbit replay -
${EXIT_CODES}`,
    )
    .action(async (files, options) => done(await importCommand(files, options, terminal)));
}

/** Resolves to the exit code. Throws UsageError, InputError. */
export async function importCommand(
  args: readonly string[],
  options: ImportCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const [first, ...rest] = args;
  const format = FORMATS.find((name) => name === first && (rest.length > 0 || !existsSync(name)));
  const files = format === undefined ? args : rest;
  if (files.length === 0) throw new UsageError('usage.files', `import ${format}: expected a file`);
  const profile = options.kernel === undefined ? undefined : recordedKernel(options.kernel);
  if (options.arch !== undefined) architectureNamed(options.arch);
  const config = options.config?.flatMap((names) => names.split(','));
  const started = performance.now();
  const imported = await importFiles(files, {
    ...(format === undefined ? {} : { format: format as Format }),
    ...(options.base === undefined ? {} : { base: options.base }),
    ...(profile === undefined ? {} : { profile }),
    ...(options.kernel === undefined ? {} : { release: options.kernel }),
    ...(options.arch === undefined ? {} : { arch: options.arch }),
    ...(config === undefined ? {} : { config }),
    ...(options.local === true ? { local: LOCAL_FILES } : {}),
  });
  if (options.output !== undefined) await writeLog(options.output, imported.header, imported.events);
  if (options.json === true) {
    await terminal.out(`${JSON.stringify(plain(imported, options.output))}\n`);
    return EXIT.fine;
  }
  if (options.output === undefined) {
    await terminal.out(`${formatHeader(imported.header)}\n`);
    for (const event of imported.events) await terminal.out(`${formatEvent(event)}\n`);
  }
  if (options.quiet !== true) terminal.err(`${importSummary(imported, performance.now() - started).join('\n')}\n`);
  return EXIT.fine;
}

/** The import as data: the log, unless it went to `output`, and what was read and left out. */
function plain(
  { header, events, records, problems, left, images, followed }: Imported,
  output: string | undefined,
): object {
  return {
    ...(output === undefined ? { header: encodeHeader(header), events: events.map(encodeEvent) } : { output }),
    summary: {
      records,
      events: events.length,
      files: problems.map((file) => ({
        file: file.file,
        used: file.read,
        skipped: file.skipped,
        notUnderstood: file.count,
        kinds: file.kinds(),
      })),
      left: Object.fromEntries(left),
      programs: Object.fromEntries(images),
      notReached: Object.fromEntries(followed),
      chosen: header.chosen ?? [],
    },
  };
}
