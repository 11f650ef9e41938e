// SPDX-License-Identifier: GPL-2.0-or-later
/** A text decoded, for the page and in the words of the command. */

import { type Architecture, readPte } from '@specialbit/core/arch';
import { bootKernel, describeEntry, entryBits, PMD, PTE, PUD } from '@specialbit/core/kernel';
import {
  type Decoded,
  type DecodeOptions,
  decodeText,
  type EntryView,
  type Known,
  reportsIn,
  summary,
  valuesIn,
} from '@specialbit/decode';
import { type BitField, bitFields, PLAIN_COLORS } from '@specialbit/view';
import type { DecodedEntryView, DecodedView, DecodeLevel } from '../protocol.js';

export interface DecodeAsked {
  readonly text: string;
  /** Expanded: no `all` among them. */
  readonly lanes: readonly string[] | null;
  readonly level: DecodeLevel;
}

/** Throws UsageError for what nothing is found in, or an architecture that there is not. */
export function decode({ text, lanes, level }: DecodeAsked, known: Known): DecodedView {
  const values = valuesIn(text) !== undefined;
  // a report says of which architecture it is, unless somebody says another one
  const arch = lanes === null ? undefined : values ? lanes.join(',') : lanes[0];
  const options: DecodeOptions = { ...(arch === undefined ? {} : { arch }), ...(values ? { level } : {}) };
  const decoded = decodeText({ name: 'the text', text }, options, known);
  return {
    values,
    entries: entriesOf(decoded),
    text: `${decoded
      .blocks({ color: PLAIN_COLORS })
      .map((lines) => lines.join('\n'))
      .join('\n\n')}\n`,
    command: commandOf(text, options, values),
    undecided: decoded.undecided ?? null,
    playable: !values && reportsIn(text).reports.some((report) => report.kind === 'bad-page-map'),
  };
}

function entriesOf({ entries }: Decoded): DecodedEntryView[] {
  return entries.map(({ name, arch, view }): DecodedEntryView => {
    const tests = Object.entries(view.tests ?? {});
    return {
      lane: name,
      title: arch.title,
      summary: summary(view),
      yes: tests.flatMap(([test, yes]) => (yes ? [test] : [])),
      no: tests.flatMap(([test, yes]) => (yes ? [] : [test])),
      width: arch.layout.pteBits,
      raw: view.raw,
      bits: fieldsOf(arch, view),
    };
  });
}

/** An entry bit by bit; of tables, and of what is not present above the last level, the bits that have names. */
function fieldsOf(arch: Architecture, view: EntryView): BitField[] {
  const level = LEVELS[view.level];
  const name = view.level;
  if (level === undefined || view.kind === 'none' || (name !== 'pte' && name !== 'pmd' && name !== 'pud')) return [];
  if (name !== 'pte' && (arch[name] === undefined || view.kind !== 'page')) return [];
  const raw = readPte(BigInt(`0x${view.raw}`));
  const k = bootKernel({
    arch,
    machine: { ram: [[0, 1]], highest_memmap_pfn: 0, zero_pfn: 0, zero_pages: 1, frames: {} },
  });
  const pte = describeEntry(k, undefined, 0, level, raw);
  return bitFields({ level: name, pte, bits: entryBits(arch, pte.kind, { level, raw }) }, arch);
}

const LEVELS: Readonly<Partial<Record<DecodeLevel, typeof PTE | typeof PMD | typeof PUD>>> = {
  pte: PTE,
  pmd: PMD,
  pud: PUD,
};

function commandOf(text: string, { arch, level }: DecodeOptions, values: boolean): string {
  const options = [
    ...(arch === undefined ? [] : ['--arch', arch]),
    ...(level === undefined || level === 'pte' ? [] : ['--level', level]),
  ];
  return ['specialbit decode', ...options, values ? text.trim().replace(/[\s,;]+/g, ' ') : 'report.txt'].join(' ');
}
