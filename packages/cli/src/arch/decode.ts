// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit arch decode ARCH VALUE`: a raw entry in words; also a "BUG: Bad page map" report. */
import { type Architecture, formatPte, type Pte, readPte, type SwapEntry } from '@specialbit/core/arch';
import { table } from '@specialbit/view';
import { UsageError } from '../failure.js';
import { architectureAt } from '../log/lane.js';
import type { Terminal } from '../terminal.js';
import { explainBadPageMap } from './bad-page-map.js';
import { parseReport } from './bad-page-report.js';
import { bitRange } from './drawing.js';

export interface DecodeOptions {
  readonly json?: boolean;
  readonly highestMemmapPfn?: string;
}

/** `value`: hex digits, the text of a report, or `-` for a report on standard input. Throws UsageError. */
export async function decode(
  name: string,
  values: readonly string[],
  options: DecodeOptions,
  terminal: Terminal,
): Promise<void> {
  const arch = architectureAt(name);
  const text = values.join(' ');
  const given = text === '-' ? await readStdin() : text;
  if (/\bpte:/i.test(given)) {
    const report = parseReport(given);
    const highest = options.highestMemmapPfn === undefined ? undefined : Number(parseHex(options.highestMemmapPfn, 53));
    await explainBadPageMap(arch, report, { json: options.json === true, highest }, terminal);
    return;
  }
  if (text === '-')
    throw new UsageError('standard input: expected a report with "pte:", as "BUG: Bad page map" has it');
  const views = values.map((value) => decodeEntry(arch, readPte(parseHex(value, arch.layout.pteBits))));
  if (options.json === true) {
    await terminal.out(`${JSON.stringify(views.length === 1 ? views[0] : views, null, 2)}\n`);
    return;
  }
  await terminal.out(`${views.map((view) => entryLines(view, terminal).join('\n')).join('\n\n')}\n`);
}

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk as Buffer));
  return Buffer.concat(chunks).toString();
}

/** Hex digits with or without 0x, at most `bits` wide. Throws UsageError. */
export function parseHex(text: string, bits: number): bigint {
  const digits = text.replace(/^0x/i, '').replaceAll('_', '');
  if (!/^[0-9a-f]+$/i.test(digits))
    throw new UsageError(`expected a hexadecimal number, found ${JSON.stringify(text)}`);
  const value = BigInt(`0x${digits}`);
  if (value >> BigInt(bits))
    throw new UsageError(`${text}: expected at most ${bits} bits, found ${value.toString(2).length}`);
  return value;
}

export interface EntryView {
  readonly arch: string;
  /** Hex, without `0x`. */
  readonly raw: string;
  readonly kind: 'none' | 'page' | 'swap';
  /** Of a page; hex. */
  readonly pfn?: string;
  readonly physical?: string;
  readonly swap?: { readonly type: number; readonly offset: string; readonly exclusive: boolean };
  /** The kernel's questions, and the rights of user code; of a page. */
  readonly tests?: Readonly<Record<string, boolean>>;
  readonly bits: readonly {
    readonly name: string;
    readonly bits: string;
    readonly value: string;
    readonly meaning: string;
  }[];
  /** The hardware's own entry, where there are two. */
  readonly hw?: string;
}

const TESTS = ['write', 'dirty', 'young', 'special', 'protnone', 'devmap'] as const;

export function decodeEntry(arch: Architecture, p: Pte): EntryView {
  const { pte } = arch;
  const base = { arch: arch.name, raw: formatPte(p) };
  if (pte.none(p)) return { ...base, kind: 'none', bits: [] };
  if (!pte.present(p)) {
    const entry: SwapEntry = { type: 0, offset: 0 };
    pte.pte_to_swp_entry(p, entry);
    const swap = { type: entry.type, offset: entry.offset.toString(16), exclusive: pte.swp_exclusive(p) };
    return { ...base, kind: 'swap', swap, bits: namedBits(arch, p, ['swap']) };
  }
  const pfn = pte.pfn(p);
  const tests: Record<string, boolean> = { present: true };
  for (const test of TESTS) tests[test] = pte[test](p);
  for (const right of ['user', 'read', 'exec'] as const) tests[right] = pte[right](p);
  return {
    ...base,
    kind: 'page',
    pfn: pfn.toString(16),
    physical: (BigInt(pfn) << BigInt(arch.page.shift)).toString(16),
    tests,
    bits: namedBits(arch, p, pte.user(p) ? ['page'] : ['page', 'absent']),
    ...(arch.hw_pte !== undefined && { hw: (arch.hw_pte(p) >>> 0).toString(16) }),
  };
}

function namedBits(arch: Architecture, p: Pte, kinds: readonly string[]): EntryView['bits'] {
  const value = BigInt(`0x${formatPte(p)}`);
  return arch.layout.bits
    .filter(({ name, kind, mask }) => {
      if (!kinds.includes(kind) || mask === 0n) return false;
      // a field shows what it holds; a value of a field only when it is held
      return /mask$/i.test(name) ? (value & mask) !== 0n : (value & mask) === mask;
    })
    .map(({ name, mask, meaning }) => ({
      name,
      bits: bitRange(mask),
      value: (value & mask).toString(16),
      meaning,
    }));
}

export function entryLines(view: EntryView, { color }: Terminal): string[] {
  const title = color.bold(`0x${view.raw} on ${view.arch}: ${summary(view)}`);
  const lines = [title];
  if (view.tests !== undefined) {
    const { tests } = view;
    const yes = Object.keys(tests).filter((test) => tests[test]);
    const no = Object.keys(tests).filter((test) => !tests[test]);
    lines.push(`  ${yes.join(', ')}; not ${no.join(', ')}`);
  }
  if (view.hw !== undefined) lines.push(`  the hardware's own entry is 0x${view.hw}`);
  const rows = view.bits.map(({ name, bits, value, meaning }) => [bits, name, `0x${value}`, meaning]);
  return [...lines, ...table(rows, { align: 'rlrl', indent: 2, wrapLast: true })];
}

export function summary(view: EntryView): string {
  if (view.kind === 'none') return 'an empty entry';
  if (view.swap !== undefined) {
    return `a swap entry, type ${view.swap.type}, offset 0x${view.swap.offset}${view.swap.exclusive ? ', exclusive' : ''}`;
  }
  const special = view.tests?.special === true ? ', special' : '';
  return `a page, pfn 0x${view.pfn}, at 0x${view.physical}${special}`;
}
