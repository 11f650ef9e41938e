// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit reproduce LOG` */
import type { Command } from 'commander';
import { type CommandContext, EXIT_CODES, list, natural } from '../command-context.js';
import { reproduceLogs } from './reproduce.js';

/** Adds the command to the command line. */
export function register(program: Command, { terminal, done }: CommandContext): void {
  program
    .command('reproduce')
    .description('a log as a stand-alone reproducer for a bug report: a module, a program, and what is to be seen')
    .argument('<log...>', 'a log; with --table or --run several, or directories of them')
    .option('-o, --output <dir>', 'the folder to make; without it, what would be in it is shown')
    .option(
      '--lane, --arch <names>',
      "lanes for which it is said what is to be seen (default: x86_64, arm64 and the log's)",
      list,
    )
    .option('--kernel <names>', 'kernels of the lanes: 6.1,7.3, or all for those that are proven', 'all')
    .option('--force', 'write over what is in the folder')
    .option('--table', 'how much of each log can be expressed')
    .option('--run', 'build it and run it under QEMU, several in one boot; needs --headers and --image')
    .option('--headers <dir>', "the folder of a kernel's headers, as Debian's linux-headers-* has it")
    .option('--image <file>', 'that kernel: its vmlinuz')
    .option('--cc <command>', 'with --run: the compiler of the module, where the headers want another than is here')
    .option('--fatal', 'with --run: in a boot of its own also what kills the kernel, or never returns')
    .option('--timeout <seconds>', 'with --run: for a boot, and for each log', natural, 300)
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
The module has exported symbols alone and builds against a distribution's headers
(6.1 to 7.3). What of a log it cannot carry out is named, event by event.
The program prints TAP. docs/reproduce.md tells more.

Examples:
  specialbit reproduce examples/s01-same-driver.jsonl -o s01
  specialbit reproduce examples/gallery --table
${EXIT_CODES}`,
    )
    .action(async (logs, options) => done(await reproduceLogs(logs, options, terminal)));
}
