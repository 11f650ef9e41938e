// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit decode`: whatever the kernel, a debugger or QEMU printed about page tables, explained. */
import { type DecodeOptions, decodeText } from '@specialbit/decode';
import type { Command } from 'commander';
import { KNOWN } from '../architectures.js';
import { type CommandContext, EXIT_CODES } from '../command-context.js';
import { EXIT } from '../failure.js';
import type { Terminal } from '../terminal.js';
import { inputsOf } from './input.js';
import { levelOption } from './options.js';
import { printDecoded, printJson } from './print.js';

interface DecodeCommandOptions extends DecodeOptions {
  readonly json?: boolean;
}

/** Adds the command to the command line. */
export function register(program: Command, { terminal, done }: CommandContext): void {
  program
    .command('decode')
    .description('explain what was pasted: reports of the kernel, entries out of a debugger, raw values')
    .argument('[what...]', 'files, the text itself, or - for standard input (the default)')
    .option('--arch <name>', 'the architecture, where the text does not say; for raw values several with commas')
    .option('--kernel <release>', 'the kernel, where the text does not say: 5.10, 6.12.3')
    .option('--level <level>', 'the level of raw values: pte, pmd, pud, p4d, pgd (default: pte)', levelOption)
    .option('--highest-memmap-pfn <hex>', 'where the memory map of the machine ends')
    .option('--elsewhere', 'also what the other architectures would have done with the entry')
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      `
Reads "BUG: Bad page map", "Bad page state", "Bad rss-counter state", page
dumps, warnings of functions that map pages, entries as crash (vtop), gdb (pt),
ptdump, QEMU (info tlb, info mem) and KVM traces print them, and raw values.
Prefixes of logs, quoting and wrapped lines do not matter. Each report is
decoded as the kernel that printed it has its entries.

Examples:
  dmesg | specialbit decode
  specialbit decode oops.txt --kernel 5.10
  specialbit decode --arch x86_64 --level pmd 80000000124002e7
  specialbit decode --arch x86_64,arm64@6.1 8000000008000227
${EXIT_CODES}`,
    )
    .action(async (what: string[], options: DecodeCommandOptions) =>
      done(await decodeCommand(what, options, terminal)),
    );
}

/** Resolves to the exit code. Throws UsageError, InputError. */
export async function decodeCommand(
  what: readonly string[],
  { json, ...options }: DecodeCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const inputs = await inputsOf(what);
  if (json === true)
    return printJson(
      inputs.map((input) => decodeText(input, options, KNOWN)),
      terminal,
    );
  let code: number = EXIT.fine;
  for (const input of inputs)
    code = Math.max(code, await printDecoded(decodeText(input, options, KNOWN), false, terminal));
  return code;
}
