// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit fuzz` */
import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { type CommandContext, EXIT_CODES, list, natural } from '../command-context.js';
import { fuzz } from './fuzz.js';

/** Adds the command to the command line. */
export function register(program: Command, { terminal, done }: CommandContext): void {
  program
    .command('fuzz')
    .description('random scenarios on real kernels and on the model; what differs is shrunk on the kernel and kept')
    .requiredOption('--against <lanes>', 'lanes: x86_64@6.12,arm@6.12', list)
    .option('--seconds <n>', 'how long, for each lane', natural, 60)
    .option('--seed <n>', 'where the random numbers begin', natural, 1)
    .option('--batch <n>', 'scenarios in one boot', natural, 500)
    .option('--steps <n>', 'operations of a scenario', natural, 20)
    .option('-o, --output <dir>', 'where differing scenarios go', 'fuzz')
    .option('--built', 'only on kernels that have been made before')
    .option('--jobs <n>', 'compilers at once, where a kernel has to be made', natural, availableParallelism())
    .option('--kvm', 'with KVM, where there is one for the machine')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Of each scenario that differs, the smallest form that still does is written
as a script and as the transcript of the kernel, which verify reads.

Examples:
  specialbit fuzz --against x86_64@6.12 --seconds 600
  specialbit fuzz --against x86_64@6.12,arm@7.3 --seed 7 -o found
${EXIT_CODES}`,
    )
    .action(async (options) => done(await fuzz(options, terminal)));
}
