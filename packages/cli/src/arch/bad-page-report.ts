// SPDX-License-Identifier: GPL-2.0-or-later
/** The kernel's report of a bad page map (print_bad_pte in mm/memory.c), as it was pasted. */
import { UsageError } from '../failure.js';

export interface BadPageReport {
  readonly process: string | undefined;
  /** Hex digits. */
  readonly pte: string;
  readonly pmd: string | undefined;
  readonly addr: string | undefined;
  readonly vm_flags: number;
  /** linear_page_index() of the address; signed, as a long. */
  readonly index: number | undefined;
  /** The report was made for a struct page, which was dumped with it. */
  readonly page: boolean;
}

/** Reads what is there; prefixes of a log (times, levels) do not matter. Throws UsageError where something is missing. */
export function parseReport(text: string): BadPageReport {
  const field = (name: string): string | undefined =>
    new RegExp(`\\b${name}:\\s*(?:0x)?([0-9a-f]+)\\b`, 'i').exec(text)?.[1];
  const need = (name: string): string => {
    const value = field(name);
    if (value !== undefined) return value;
    throw new UsageError(
      `the report has no ${name}: expected "pte:..." and, a line or more below, "addr:... vm_flags:... index:..."`,
    );
  };
  const index = field('index');
  return {
    process: /in process (\S+)/.exec(text)?.[1],
    pte: need('pte'),
    pmd: field('pmd'),
    addr: field('addr'),
    vm_flags: Number.parseInt(need('vm_flags'), 16),
    index: index === undefined ? undefined : signed(index),
    page: /^[^\n]*\bpage:\s*(?:refcount|[0-9a-f]{6,})|\bpte:\S+ page\b|bad pte/im.test(text),
  };
}

/** The index of a private mapping whose vm_pgoff wrapped is a large unsigned long. */
function signed(hex: string): number {
  const value = BigInt(`0x${hex}`);
  return Number(BigInt.asIntN(hex.length > 8 ? 64 : 53, value));
}
