/** `specialbit arch [NAME]`: the architectures that there are, and what one of them is. */
import type { Architecture } from '@specialbit/core/arch';
import type { Command } from 'commander';
import { architectureNamed, architectures } from '../architectures.js';
import { type CommandContext, EXIT_CODES } from '../command-context.js';
import { EXIT } from '../failure.js';
import { table } from '../table.js';
import type { Terminal } from '../terminal.js';

export interface ArchOptions {
  readonly json?: boolean;
}

/** Adds the command to the command line. */
export function register(program: Command, { terminal, done }: CommandContext): void {
  program
    .command('arch')
    .description('the architectures that there are, or the PTE layout of one')
    .argument('[name]', 'an architecture, for its layout')
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      `
Examples:
  specialbit arch
  specialbit arch arm
${EXIT_CODES}`,
    )
    .action(async (name, options) => done(await arch(name, options, terminal)));
}

/** Resolves to the exit code. Throws UsageError. */
export async function arch(name: string | undefined, options: ArchOptions, terminal: Terminal): Promise<number> {
  const chosen = name === undefined ? architectures : [architectureNamed(name)];
  if (options.json === true) {
    await terminal.out(`${JSON.stringify(chosen.map(plain), null, 2)}\n`);
  } else {
    const lines = name === undefined ? listLines() : layoutLines(chosen[0]!, terminal);
    await terminal.out(`${lines.join('\n')}\n`);
  }
  return EXIT.fine;
}

function listLines(): string[] {
  const rows = [['name', 'special bit', 'bits', 'page', 'what']];
  for (const a of architectures) {
    const levels = Object.entries(a.special).flatMap(([level, has]) => (has ? [level] : []));
    rows.push([a.name, levels.join(' ') || 'none', String(a.bits), `${a.page.size / 1024} KiB`, a.title]);
  }
  return table(rows, { align: 'llrrl', wrapLast: true });
}

function layoutLines(a: Architecture, { color }: Terminal): string[] {
  const facts = [
    ['also called', a.aliases.join(', ') || '-'],
    ['Kconfig', a.kconfig],
    ['read from', a.source.join(', ')],
    [
      'levels',
      a.levels
        .filter((l) => !l.folded)
        .map((l) => `${l.name} 2^${l.shift}, ${l.entries} entries`)
        .join('; '),
    ],
    ['pfn', a.layout.pfn.fields.map(({ at, count }) => `bits ${at + count - 1}..${at}`).join(', ')],
    ...a.notes.map((note) => ['note', note]),
  ];
  const bits = [...a.layout.bits].sort((x, y) => (y.mask > x.mask ? 1 : -1));
  const rows = bits.map(({ name, mask, meaning }) => [`0x${mask.toString(16)}`, name, meaning]);
  return [
    color.bold(a.title),
    ...table(facts, { indent: 2, wrapLast: true }),
    '',
    'bits of an entry',
    ...table(rows, { align: 'rll', indent: 2, wrapLast: true }),
  ];
}

function plain(a: Architecture): object {
  const { name, aliases, family, title, kconfig, source, notes, bits, bigEndian, page, special, features, facts } = a;
  const layout = a.layout.bits.map((bit) => ({ ...bit, mask: bit.mask.toString(16) }));
  return {
    name,
    aliases,
    family,
    title,
    kconfig,
    source,
    notes,
    bits,
    bigEndian,
    page,
    special,
    features,
    facts,
    layout,
  };
}
