// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit record --print`: the script that records a program, or the page tables of a process, on the user's own kernel. */
import { bpftraceScript, pteScript, traceScript } from '@specialbit/importers';
import { type Command, Option } from 'commander';
import { type CommandContext, EXIT_CODES, natural } from '../command-context.js';
import { EXIT, UsageError } from '../failure.js';
import { kernelNamed } from '../log/lane.js';

const TOOLS = ['tracefs', 'trace-cmd', 'perf', 'bpftrace'] as const;
const PROBES = ['kprobe', 'fprobe'] as const;

export interface RecordOptions {
  readonly print?: boolean;
  readonly with: (typeof TOOLS)[number];
  readonly probes: (typeof PROBES)[number];
  readonly kernel: string;
  readonly ptes?: boolean;
  readonly pid?: number;
  readonly json?: boolean;
}

/** Adds the command to the command line. */
export function register(program: Command, { terminal, done }: CommandContext): void {
  program
    .command('record')
    .description('print a script that records a program on your own kernel, to be run as root')
    .option('--print', 'print the script')
    .addOption(new Option('--with <tool>', 'what to record with').choices([...TOOLS]).default('tracefs'))
    .addOption(new Option('--probes <kind>', 'how functions are watched').choices([...PROBES]).default('kprobe'))
    .option('--kernel <profile>', 'the kernel that it is going to run on', '6.12')
    .option('--ptes', 'instead: a script that writes down the page tables of a process, entry by entry')
    .option('--pid <n>', 'with --ptes: the process (default: the argument of the script)', natural)
    .option('--json', 'the script as a member of a JSON object')
    .addHelpText(
      'after',
      `
The script watches the system calls and page faults of one program and its
children, and every function with which drivers put pages into its mappings or
take them out, with arguments and results. With --ptes it stops a process and
asks the kernel's own vm_normal_page() about each of its entries. fprobe needs
a kernel from 6.6 on. docs/recording.md tells more.

Examples:
  specialbit record --print --kernel 6.12 > record.sh; sh record.sh out ./prog
  specialbit import out/ftrace.txt -o run.jsonl
  specialbit record --print --ptes > ptes.sh; sh ptes.sh 1234 > ptes.txt
  specialbit explain ptes.txt 0x7f0000000000
${EXIT_CODES}`,
    )
    .action(async (options: RecordOptions) => {
      const text = script(options);
      const { with: tool, probes, kernel, ptes = false, json } = options;
      const described = ptes ? { ptes, kernel } : { with: tool, probes, kernel };
      await terminal.out(json === true ? `${JSON.stringify({ ...described, script: text }, null, 2)}\n` : text);
      done(EXIT.fine);
    });
}

/** Throws UsageError. */
export function script({ print, with: tool, probes, kernel, ptes, pid }: RecordOptions): string {
  if (print !== true)
    throw new UsageError(
      'usage.print',
      'specialbit runs nothing as root itself: give --print, read the script, run it',
    );
  if (pid !== undefined && ptes !== true) throw new UsageError('usage.options', '--pid goes with --ptes');
  const { version } = kernelNamed(kernel);
  const release = version.split('.').slice(0, 2).join('.');
  if (ptes === true) return pteScript(pid);
  return tool === 'bpftrace' ? bpftraceScript(release) : traceScript(release, probes, tool);
}
