// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit lab doctor|build|run|clean` */
import { availableParallelism } from 'node:os';
import { cacheFolder, clearCache, MACHINES } from '@specialbit/lab';
import type { Command } from 'commander';
import { type CommandContext, EXIT_CODES, list, natural } from '../command-context.js';
import { EXIT } from '../failure.js';
import type { Printed } from '../schema/outputs.js';
import { build } from './build.js';
import { doctor } from './doctor.js';
import { KERNEL_OPTION } from './kernel-option.js';
import { runInLab } from './run.js';

/** Adds the command to the command line. */
export function register(program: Command, { terminal, done }: CommandContext): void {
  const lab = program
    .command('lab')
    .description('real kernels under QEMU: what they need, making them, and playing scripts or logs on them')
    .addHelpText(
      'after',
      `
Machines: ${MACHINES.map(({ name }) => name).join(', ')}.
Kernels are made with a driver of specialbit's and kept in
$XDG_CACHE_HOME/specialbit/lab. Nothing is ever installed. docs/lab.md tells
more.

Examples:
  specialbit lab doctor --arch x86_64,arm
  specialbit lab build --kernel 6.12 --arch arm
  specialbit lab build --kernel ~/linux --arch x86_64
  specialbit lab run --kernel 6.12 --arch arm examples/s01-same-driver.jsonl
${EXIT_CODES}`,
    );
  const json = 'print the result as JSON';
  lab
    .command('doctor')
    .description('what this machine lacks, and the line that installs it on Debian')
    .option('--arch <names>', 'machines (default: all)', list)
    .option('--json', json)
    .action(async (options) => done(await doctor(options, terminal)));
  lab
    .command('build')
    .description('make a kernel with the laboratory in it; a second time it is there at once')
    .requiredOption(...KERNEL_OPTION)
    .requiredOption('--arch <name>', 'the machine')
    .option('--config <symbols>', 'more configuration: CONFIG_SECRETMEM=y', list)
    .option('--jobs <n>', 'compilers at once', natural, availableParallelism())
    .option('--json', json)
    .action(async (options) => done(await build(options, terminal)));
  lab
    .command('run')
    .description('play a script of the laboratory, or a log, and print the transcript')
    .argument('<file>', 'scenarios (S name, then an operation a line), or a log')
    .requiredOption(...KERNEL_OPTION)
    .requiredOption('--arch <name>', 'the machine')
    .option('--config <symbols>', 'more configuration: CONFIG_SECRETMEM=y', list)
    .option('-o, --output <file>', 'write to a file instead of standard output')
    .option('--jobs <n>', 'compilers at once, where the kernel has to be made', natural, availableParallelism())
    .option('--stall <seconds>', 'the machine is hung when it says nothing for so long', natural, 60)
    .option('--timeout <seconds>', 'for all of it', natural, 3600)
    .option('--params <text>', 'more kernel parameters')
    .option('--kvm', 'with KVM, where there is one for the machine')
    .option('--json', json)
    .action(async (file, options) => done(await runInLab(file, options, terminal)));
  lab
    .command('clean')
    .description('remove all kernels and folders of builds from the cache')
    .option('--json', json)
    .action(async (options) => {
      const folder = cacheFolder();
      const kernels = clearCache(folder);
      const printed: Printed<'lab.clean'> = { folder, kernels };
      const text = `${folder}: removed, with ${kernels} ${kernels === 1 ? 'kernel' : 'kernels'}`;
      await terminal.out(`${options.json === true ? JSON.stringify(printed, null, 2) : text}\n`);
      done(EXIT.fine);
    });
}
