// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit arch decode ARCH VALUE`: a raw entry in words; also reports of the kernel, as `specialbit decode` reads them. */
import { DEFAULT_PROFILE } from '@specialbit/core';
import { readPte } from '@specialbit/core/arch';
import {
  decodeEntry,
  decodeReports,
  entryLines,
  type Level,
  needReports,
  parseHex,
  profileOf,
} from '@specialbit/decode';
import { architectureNamed, KNOWN } from '../architectures.js';
import { readStdin } from '../decode/input.js';
import { printDecoded } from '../decode/print.js';
import { EXIT } from '../failure.js';
import type { Terminal } from '../terminal.js';

export interface DecodeOptions {
  readonly json?: boolean;
  readonly highestMemmapPfn?: string;
  readonly level?: Level;
  readonly kernel?: string;
}

/** `values`: hex digits, the text of reports, or `-` for them on standard input. Resolves to the exit code. Throws UsageError. */
export async function decode(
  name: string,
  values: readonly string[],
  options: DecodeOptions,
  terminal: Terminal,
): Promise<number> {
  const text = values.join(' ');
  const stdin = text === '-';
  const given = stdin ? await readStdin() : text;
  if (stdin || /[^0-9a-fx_\s]/i.test(given.trim()) === true) {
    const looksLikeReport = stdin || /\b(?:pte|pmd|pud):|BUG:|addr:|page:/i.test(given);
    if (looksLikeReport) {
      const reports = needReports(given, stdin ? 'standard input' : 'the text');
      return printDecoded(
        decodeReports(reports, { ...options, arch: name, elsewhere: true }, KNOWN),
        options.json === true,
        terminal,
      );
    }
  }
  const [base, at] = name.split('@', 2) as [string, string?];
  const arch = architectureNamed(base).at(profileOf(options.kernel ?? at ?? DEFAULT_PROFILE.version));
  const views = values.map((value) => decodeEntry(arch, readPte(parseHex(value, arch.layout.pteBits)), options.level));
  if (options.json === true) {
    await terminal.out(`${JSON.stringify(views.length === 1 ? views[0] : views, null, 2)}\n`);
  } else {
    await terminal.out(`${views.map((view) => entryLines(view, terminal).join('\n')).join('\n\n')}\n`);
  }
  return EXIT.fine;
}
