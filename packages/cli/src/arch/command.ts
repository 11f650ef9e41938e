// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * `specialbit arch ...`: the architectures that there are, what they are, and how to make one. What needs the
 * conformance kit is loaded when it is asked for: every command pays for what this file imports.
 */

import type { Command } from 'commander';
import { type CommandContext, EXIT_CODES, list, natural } from '../command-context.js';
import { levelOption } from '../decode/options.js';
import { EXIT } from '../failure.js';
import { KERNEL_OPTION } from '../log/lane.js';
import { decode } from './decode.js';
import { encode } from './encode.js';
import { listArchitectures } from './list.js';
import { newPlugin } from './new.js';
import { showArchitectures } from './show.js';

const JSON_OPTION = ['--json', 'print as JSON'] as const;

/** Adds the commands to the command line. */
export function register(program: Command, { terminal, done }: CommandContext): void {
  const fine = (): void => done(EXIT.fine);
  const arch = program
    .command('arch')
    .description('architectures: list, show, decode, check, compare, and write new ones')
    .argument('[name...]', 'architectures to show; none: list them all')
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      `
Examples:
  specialbit arch list
  specialbit arch show x86_64 arm
  specialbit arch show s390x --kernel 6.12,7.3
  specialbit arch decode arm 0x4087034f
  specialbit arch new quark
  specialbit arch diff alpha alpha+special --markdown
${EXIT_CODES}`,
    )
    .action(async (names: string[], options) => {
      if (names.length === 0) await listArchitectures(options, terminal);
      else await showArchitectures(names, options, terminal);
      fine();
    });

  arch
    .command('list')
    .description('every architecture and configuration: special bit by level, page size, levels, source')
    .option(...JSON_OPTION)
    .action(async (_options, command: Command) => {
      await listArchitectures(command.optsWithGlobals(), terminal);
      fine();
    });

  arch
    .command('show')
    .description('an entry bit by bit, protections, geometry and quirks; several stand side by side')
    .argument('<name...>', 'architectures')
    .option(...KERNEL_OPTION, list)
    .option(...JSON_OPTION)
    .action(async (names: string[], _options, command: Command) => {
      await showArchitectures(names, command.optsWithGlobals(), terminal);
      fine();
    });

  arch
    .command('decode')
    .description('a raw entry in words, or what made a "BUG: Bad page map" report')
    .argument('<arch>', 'the architecture; arm64@5.10: as that kernel has it')
    .argument('<value...>', 'hexadecimal values, the text of reports, or - for reports on standard input')
    .option('--highest-memmap-pfn <hex>', 'of the machine of the report: where its memory map ends')
    .option('--level <level>', 'the level of the values: pte, pmd, pud, p4d, pgd (default: pte)', levelOption)
    .option('--kernel <release>', 'the kernel of the report, where it does not say')
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      `
Of reports (mm/memory.c, print_bad_pte, print_bad_page_map) it says which way
of vm_normal_page() reported each, and what the other architectures would have
done with the same entry in the same mapping. \`specialbit decode\` finds out
the architecture by itself, and takes much else that can be pasted.

Examples:
  specialbit arch decode x86_64 8000000047c00227
  specialbit arch decode arm64@5.10 a07070a0506090a
  dmesg | grep -A4 'Bad page map' | specialbit arch decode arm -
${EXIT_CODES}`,
    )
    .action(async (name: string, values: string[], _options, command: Command) =>
      done(await decode(name, values, command.optsWithGlobals(), terminal)),
    );

  arch
    .command('encode')
    .description('the raw entry of a frame, or a swap entry')
    .argument('<arch>', 'the architecture')
    .argument('[pfn]', 'the frame, hexadecimal')
    .option('--prot <letters>', 'rights of the mapping: r, w, x', 'r')
    .option('--shared', 'a shared mapping (private ones are never writable)')
    .option('--do <operations>', 'operations, with commas: mkdirty,mkspecial', list)
    .option('--swap <type:offset>', 'a swap entry instead')
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      `
Examples:
  specialbit arch encode arm 40870 --prot rw --shared --do mkdirty
  specialbit arch encode x86_64 --swap 1:0x40
${EXIT_CODES}`,
    )
    .action(async (name: string, pfn: string | undefined, _options, command: Command) => {
      await encode(name, pfn, command.optsWithGlobals(), terminal);
      fine();
    });

  arch
    .command('new')
    .description('write the package of a plugin, which builds and passes its tests as it stands')
    .argument('<name>', 'of the architecture: small letters and digits')
    .option('--dir <folder>', 'where (default: arch-NAME)')
    .option('--title <text>', 'one line for people')
    .option(...JSON_OPTION)
    .addHelpText('after', `\ndocs/plugin-authoring.md goes from a data sheet to a checked plugin.\n${EXIT_CODES}`)
    .action(async (name: string, _options, command: Command) =>
      done(await newPlugin(name, command.optsWithGlobals(), terminal)),
    );

  arch
    .command('check')
    .description('run the conformance kit: laws of every helper, golden vectors, behaviour')
    .argument('<plugin>', 'a JavaScript module, a package, or a known architecture')
    .option('--all', 'every check, also those that hold')
    .option('--runs <n>', 'random samples for each law (default: 200)', natural)
    .option('--seed <n>', 'of the samples', natural)
    .option('--vectors <file>', 'golden vectors (JSON, also gzip)')
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      `
Examples:
  specialbit arch check ./arch-quark
  specialbit arch check arm --all
${EXIT_CODES}`,
    )
    .action(async (what: string, _options, command: Command) => {
      const { check } = await import('./check.js');
      done(await check(what, command.optsWithGlobals(), terminal));
    });

  arch
    .command('diff')
    .description('run every example on two architectures: what changes for drivers')
    .argument('<a>', 'an architecture, or one on a kernel: arm@6.1')
    .argument('<b>', 'another')
    .argument('[log...]', 'logs, or folders of them (default: the examples)')
    .option('--markdown', 'print as Markdown')
    .option('--no-kit', "leave out the conformance kit's scenarios")
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      `
Examples:
  specialbit arch diff alpha alpha+special
  specialbit arch diff arm arm-lpae --markdown > arm.md
  specialbit arch diff arm arm@6.1
${EXIT_CODES}`,
    )
    .action(async (a: string, b: string, logs: string[], _options, command: Command) => {
      const { diff } = await import('./diff.js');
      done(await diff(a, b, logs, command.optsWithGlobals(), terminal));
    });
}
