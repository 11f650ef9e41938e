// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit record --print`: the script that records a program on the user's own kernel. */
import { bpftraceScript, traceScript } from '@specialbit/importers';
import { type Command, Option } from 'commander';
import { type CommandContext, EXIT_CODES } from '../command-context.js';
import { EXIT, UsageError } from '../failure.js';
import { kernelNamed } from '../log/lane.js';

const TOOLS = ['kprobe', 'fprobe', 'bpftrace'] as const;
type Tool = (typeof TOOLS)[number];

export interface RecordOptions {
  readonly print?: boolean;
  readonly tool: Tool;
  readonly kernel: string;
  readonly json?: boolean;
}

/** Adds the command to the command line. */
export function register(program: Command, { terminal, done }: CommandContext): void {
  program
    .command('record')
    .description('print a script that records a program on your own kernel, to be run as root')
    .option('--print', 'print the script')
    .addOption(new Option('--tool <name>', 'what to record with').choices([...TOOLS]).default('kprobe'))
    .option('--kernel <profile>', 'the kernel that it is going to run on', '6.12')
    .option('--json', 'the script as a member of a JSON object')
    .addHelpText(
      'after',
      `
The script watches the system calls and page faults of one program and its
children, and every function with which drivers put pages into its mappings or
take them out. fprobe needs a kernel from 6.6 on. docs/recording.md tells more.

Examples:
  specialbit record --print --kernel 6.12 > record.sh; sh record.sh out ./prog
  specialbit import out/strace.txt out/ftrace.txt -o run.jsonl
${EXIT_CODES}`,
    )
    .action(async (options: RecordOptions) => {
      const text = script(options);
      const { tool, kernel, json } = options;
      await terminal.out(json === true ? `${JSON.stringify({ tool, kernel, script: text }, null, 2)}\n` : text);
      done(EXIT.fine);
    });
}

/** Throws UsageError. */
export function script({ print, tool, kernel }: RecordOptions): string {
  if (print !== true)
    throw new UsageError(
      'usage.print',
      'specialbit runs nothing as root itself: give --print, read the script, run it',
    );
  const { version } = kernelNamed(kernel);
  const release = version.split('.').slice(0, 2).join('.');
  return tool === 'bpftrace' ? bpftraceScript(release) : traceScript(release, tool);
}
