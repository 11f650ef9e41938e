// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit prove LOG...` */
import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { type CommandContext, EXIT_CODES, list, natural } from '../command-context.js';
import { prove } from './prove.js';

/** Adds the command to the command line. */
export function register(program: Command, { terminal, done }: CommandContext): void {
  program
    .command('prove')
    .description('play logs on real kernels under QEMU, and compare them with the model event by event')
    .argument('[log...]', 'logs, or directories of them')
    .option('--lane, --arch <names>', "lanes: x86_64@6.12,arm (default: each log's)", list)
    .option('-o, --output <dir>', 'write a proof of each log on each lane: <log>.<lane>.jsonl.gz')
    .option('--from <file>', 'no kernel: hold proofs that were made before against the model; can be repeated', list)
    .option('--markdown', 'print a table for a document')
    .option('--all', 'list every event, also those that agree')
    .option('--built', 'only on kernels that have been made before')
    .option('--jobs <n>', 'compilers at once, where a kernel has to be made', natural, availableParallelism())
    .option('--stall <seconds>', 'a machine is hung when it says nothing for so long', natural, 60)
    .option('--timeout <seconds>', 'for all scenarios of one machine', natural, 3600)
    .option('--kvm', 'with KVM, where there is one for the machine')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Kernels are made as lab build makes them; lab doctor tells what that needs.
What the laboratory cannot carry out of a log is named, event by event.
verify reads the proofs; --from judges them by their logs. docs/lab.md tells more.

Examples:
  specialbit prove examples/s01-same-driver.jsonl --lane arm@6.12
  specialbit prove examples/gallery -o proofs
  specialbit prove --from proofs/s01-same-driver.arm.jsonl.gz
${EXIT_CODES}`,
    )
    .action(async (logs, options) => done(await prove(logs, options, terminal)));
}
