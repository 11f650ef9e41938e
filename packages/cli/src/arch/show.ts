// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit arch show NAME...`: an entry bit by bit, protections, geometry and quirks; several side by side. */
import { type Architecture, formatPte, GENERIC_FACTS, type Pte } from '@specialbit/core/arch';
import { padEnd, table, width, wrap } from '@specialbit/view';
import { architecturesAt } from '../log/lane.js';
import type { Terminal } from '../terminal.js';
import { type Drawing, drawingLines, drawPage, drawSwap } from './drawing.js';
import { specialBit } from './list.js';
import { plainArchitecture } from './plain.js';

export interface ShowOptions {
  readonly json?: boolean;
  /** Kernels on which to show each; a layout that is the same on several stands there once. */
  readonly kernel?: readonly string[];
}

/** Throws UsageError. */
export async function showArchitectures(
  names: readonly string[],
  options: ShowOptions,
  terminal: Terminal,
): Promise<void> {
  const found = architecturesAt(names, options.kernel);
  const archs = found.map(({ arch }) => arch);
  if (options.json === true) {
    await terminal.out(`${JSON.stringify(archs.map(plainArchitecture), null, 2)}\n`);
    return;
  }
  const [only] = archs;
  const lines = archs.length === 1 && only !== undefined ? sheet(only, terminal).flat() : sideBySide(archs, terminal);
  if (options.kernel !== undefined) {
    const same = found.map(({ arch, kernels }) => `${arch.name} of ${kernels.join(', ')}`);
    lines.unshift(...wrap(same.join('; ')), '');
  }
  await terminal.out(`${lines.join('\n')}\n`);
}

/** Parts of a sheet, in order: each is a block of lines that stands beside the same block of another sheet. */
function sheet(a: Architecture, terminal: Terminal, columns = 78): string[][] {
  const { color } = terminal;
  const head = (text: string): string => color.bold(text);
  return [
    [...wrap(`${a.name}: ${a.title}`, columns).map(head), ''],
    [...facts(a, columns), ''],
    [head('entry of a page'), ...drawn(drawPage(a), a, columns, terminal), ''],
    [head('swap entry'), ...drawn(drawSwap(a), a, columns, terminal), ''],
    [head('protections'), ...protections(a), ''],
    [head('page table'), ...geometry(a), ''],
    [head('quirks'), ...quirks(a, columns)],
  ];
}

function sideBySide(archs: readonly Architecture[], terminal: Terminal): string[] {
  const columns = 48;
  const sheets = archs.map((arch) => sheet(arch, terminal, columns));
  const blocks = sheets[0]?.length ?? 0;
  const lines: string[] = [];
  for (let block = 0; block < blocks; block++) {
    const parts = sheets.map((parts) => parts[block] ?? []);
    const height = Math.max(...parts.map((part) => part.length));
    const wide = parts.map((part) => Math.max(columns, ...part.map(width)));
    for (let row = 0; row < height; row++) {
      lines.push(
        parts
          .map((part, i) => padEnd(part[row] ?? '', wide[i] ?? columns))
          .join('  | ')
          .trimEnd(),
      );
    }
  }
  return lines.map((line) => line.replace(/(\s*\|)+$/, ''));
}

function facts(a: Architecture, columns: number): string[] {
  const rows = [
    ['special', `pte ${specialBit(a)}, pmd ${a.special.pmd ? 'yes' : 'none'}, pud ${a.special.pud ? 'yes' : 'none'}`],
    ['also', a.aliases.join(', ') || '-'],
    ['Kconfig', a.kconfig],
    ...(a.proposed === undefined ? [] : [['proposed', `<${a.proposed.messageId}>: "${a.proposed.subject}"`]]),
    ['words', `${a.bits}-bit, ${a.bigEndian ? 'big' : 'little'}-endian, entries of ${a.layout.pteBits} bits`],
    ['source', a.source.join(', ')],
  ];
  return hanging(rows, columns);
}

/** Rows of a name and a text that goes on under itself. */
function hanging(rows: readonly (readonly string[])[], columns: number): string[] {
  const left = Math.max(...rows.map(([name = '']) => name.length)) + 2;
  return rows.flatMap(([name = '', text = '']) =>
    wrap(text, columns - left).map((line, i) => (i === 0 ? name.padEnd(left) : ' '.repeat(left)) + line),
  );
}

function drawn(drawing: Drawing, a: Architecture, columns: number, { color }: Terminal): string[] {
  const lines = drawingLines(drawing).map((line, i) => (i % 3 === 2 ? line : color.dim(line)));
  const rows = drawing.legend.map(({ symbol, bits, name, meaning }) => [`${symbol} ${bits}`, `${name}: ${meaning}`]);
  if (rows.length === 0) rows.push(['o, t', 'offset and type']);
  return [...lines, ...hanging(rows, columns), ...(drawing.symbols.includes('t') ? swapText(a, columns) : [])];
}

function swapText(a: Architecture, columns: number): string[] {
  const { type, offset, base } = a.layout.swap;
  const fields = offset.map((f) => `${f.at + f.count - 1}..${f.at}`).join(', ');
  const inverted = base === 0n ? '' : `; a base of 0x${base.toString(16)}, under which fields are inverted`;
  return wrap(`t: type, bits ${type.at + type.count - 1}..${type.at}; o: offset, bits ${fields}${inverted}`, columns);
}

/** 8 rights, private and shared side by side. */
function protections(a: Architecture): string[] {
  const rows = [['', 'private', 'shared']];
  for (let i = 0; i < 8; i++) {
    const rights = `${i & 1 ? 'r' : '-'}${i & 2 ? 'w' : '-'}${i & 4 ? 'x' : '-'}`;
    rows.push([rights, protection(a, i), protection(a, i + 8)]);
  }
  return [...table(rows), 'letters: P present, W writable, D dirty, Y young,', '         U user, X executable'];
}

function protection({ pte }: Architecture, index: number): string {
  const p = { ...pte.protection_map[index] } as Pte;
  const letters = [
    pte.present(p) ? 'P' : '-',
    pte.write(p) ? 'W' : '-',
    pte.dirty(p) ? 'D' : '-',
    pte.young(p) ? 'Y' : '-',
    pte.user(p) ? 'U' : '-',
    pte.exec(p) ? 'X' : '-',
  ].join('');
  return `${formatPte(p)} ${letters}`;
}

function geometry(a: Architecture): string[] {
  const rows = a.levels.map((level) =>
    level.folded
      ? [level.name, 'folded', '']
      : [level.name, `${level.entries} entries`, `of ${bytes(2 ** level.shift)}`],
  );
  return [...table(rows), `pages of ${bytes(a.page.size)}, user addresses below 0x${a.TASK_SIZE.toString(16)}`];
}

function bytes(n: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];
  const unit = Math.min(units.length - 1, Math.floor(Math.log2(n) / 10));
  return `${n / 1024 ** unit} ${units[unit]}`;
}

const RECORDED = {
  hardware: 'the hardware',
  'tlb-refill': 'the TLB miss handler',
  fault: 'a page fault',
  nobody: 'nobody',
} as const;

function quirks(a: Architecture, columns: number): string[] {
  const facts = Object.entries(a.facts).filter(
    ([name, value]) => value !== (GENERIC_FACTS as unknown as Record<string, unknown>)[name],
  );
  const texts = [
    ...a.notes,
    `Young is recorded by ${RECORDED[a.mmu.young]}, dirty by ${RECORDED[a.mmu.dirty]}.`,
    ...(facts.length === 0
      ? []
      : [
          `Unlike generic code: ${facts.map(([name, value]) => `${name}${value === true ? '' : ` ${value}`}`).join(', ')}.`,
        ]),
    ...Object.entries(a.layout.accepted).map(([law, why]) => `Breaks ${law}: ${why}.`),
  ];
  return texts.flatMap((text) => wrap(text, columns - 2).map((line, i) => (i === 0 ? `- ${line}` : `  ${line}`)));
}
