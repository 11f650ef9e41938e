// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit arch encode ARCH PFN`: from words to a raw entry. */
import { formatPte, type Pte } from '@specialbit/core/arch';
import { decodeEntry, entryLines, parseHex } from '@specialbit/decode';
import { parseProt } from '@specialbit/events';
import { UsageError } from '../failure.js';
import { architectureAt } from '../log/lane.js';
import type { Terminal } from '../terminal.js';

export interface EncodeOptions {
  readonly json?: boolean;
  readonly prot: string;
  readonly shared?: boolean;
  readonly do?: string[];
  readonly swap?: string;
}

/** `pfn`: hex digits; absent with --swap. Throws UsageError. */
export async function encode(
  name: string,
  pfn: string | undefined,
  options: EncodeOptions,
  terminal: Terminal,
): Promise<void> {
  const arch = architectureAt(name);
  const p: Pte = { lo: 0, hi: 0 };
  const words: string[] = [];
  if (options.swap !== undefined) {
    const match = /^(\d+):(0x[0-9a-f]+|\d+)$/i.exec(options.swap);
    if (match === null)
      throw new UsageError('usage.value', `--swap: expected TYPE:OFFSET, such as 1:0x40, found ${options.swap}`);
    arch.pte.swp_entry_to_pte(p, Number(match[1]), Number(match[2]));
    words.push(`__swp_entry(${match[1]}, ${match[2]})`);
  } else {
    if (pfn === undefined) throw new UsageError('usage.value', 'encode needs a pfn, or --swap TYPE:OFFSET');
    const frame = parseHex(pfn, 53);
    const index = protection(options.prot) | (options.shared === true ? 8 : 0);
    arch.pte.pfn_pte(p, Number(frame), { ...arch.pte.protection_map[index] } as Pte);
    if (arch.pte.pfn(p) !== Number(frame)) {
      throw new UsageError(
        'usage.pfn',
        `pfn 0x${frame.toString(16)}: the pfn field of ${arch.name} cannot hold it (reads back as 0x${arch.pte.pfn(p).toString(16)})`,
      );
    }
    words.push(`pfn_pte(0x${frame.toString(16)}, vm_get_page_prot(${index}))`);
  }
  for (const step of (options.do ?? []).flatMap((part) => part.split(','))) {
    const op = arch.pte.ops[step];
    if (op === undefined) {
      const known = Object.keys(arch.pte.ops)
        .filter((known) => known !== 'modify')
        .sort();
      throw new UsageError(
        'usage.value',
        `--do ${step}: ${arch.name} has no such operation (it has ${known.join(', ')})`,
      );
    }
    op(p);
    words.push(`pte_${step}`);
  }
  const view = decodeEntry(arch, p);
  if (options.json === true) await terminal.out(`${JSON.stringify({ ...view, from: words }, null, 2)}\n`);
  else
    await terminal.out(`${[formatPte(p), ...entryLines(view, terminal), `  from ${words.join(', ')}`].join('\n')}\n`);
}

function protection(text: string): number {
  try {
    return parseProt(text) & 7;
  } catch {
    throw new UsageError('usage.value', `--prot: expected letters such as rw or r-x, found ${JSON.stringify(text)}`);
  }
}
