// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit decode`: whatever the kernel, a debugger or QEMU printed about page tables, explained. */
import { DEFAULT_PROFILE } from '@specialbit/core';
import { readPte } from '@specialbit/core/arch';
import type { Command } from 'commander';
import { architectureNamed } from '../architectures.js';
import { type CommandContext, EXIT_CODES } from '../command-context.js';
import { EXIT, UsageError } from '../failure.js';
import type { Terminal } from '../terminal.js';
import { decodeReports, reportsIn } from './decode-text.js';
import { decodeEntry, entryLines, parseHex } from './entry.js';
import { type Input, inputsOf } from './input.js';
import { profileOf } from './kernel-of.js';
import { decodeListed } from './listed-entries.js';
import { type DecodeOptions, levelOption } from './options.js';
import { nothingFound } from './refusal.js';

/** Adds the command to the command line. */
export function register(program: Command, { terminal, done }: CommandContext): void {
  program
    .command('decode')
    .description('explain what was pasted: reports of the kernel, entries out of a debugger, raw values')
    .argument('[what...]', 'files, the text itself, or - for standard input (the default)')
    .option('--arch <name>', 'the architecture, where the text does not say')
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
${EXIT_CODES}`,
    )
    .action(async (what: string[], options: DecodeOptions) => done(await decodeCommand(what, options, terminal)));
}

/** Resolves to the exit code. Throws UsageError, InputError. */
export async function decodeCommand(
  what: readonly string[],
  options: DecodeOptions,
  terminal: Terminal,
): Promise<number> {
  let code: number = EXIT.fine;
  for (const input of await inputsOf(what)) code = Math.max(code, await decodeInput(input, options, terminal));
  return code;
}

const VALUE = /^(?:0x)?[0-9a-f_]{1,20}$/i;

async function decodeInput(input: Input, options: DecodeOptions, terminal: Terminal): Promise<number> {
  const { reports } = reportsIn(input.text);
  if (reports.length > 0) return decodeReports(reports, options, terminal);
  const listed = await decodeListed(input.text, options, terminal);
  if (listed !== undefined) return listed;
  const words = input.text.trim().split(/[\s,;]+/);
  if (words.every((word) => VALUE.test(word)) && words[0] !== '') return decodeValues(words, options, terminal);
  throw nothingFound(input);
}

/** Raw values: nothing in them says which architecture they are of. */
async function decodeValues(words: readonly string[], options: DecodeOptions, terminal: Terminal): Promise<number> {
  if (options.arch === undefined)
    throw new UsageError(
      'usage.architecture',
      'a raw value does not say which architecture it is of: give --arch NAME; `specialbit arch` lists them',
    );
  const [name, at] = options.arch.split('@', 2) as [string, string?];
  const arch = architectureNamed(name).at(profileOf(options.kernel ?? at ?? DEFAULT_PROFILE.version));
  const views = words.map((word) => decodeEntry(arch, readPte(parseHex(word, arch.layout.pteBits)), options.level));
  if (options.json === true) await terminal.out(`${JSON.stringify(views.length === 1 ? views[0] : views, null, 2)}\n`);
  else await terminal.out(`${views.map((view) => entryLines(view, terminal).join('\n')).join('\n\n')}\n`);
  return EXIT.fine;
}
