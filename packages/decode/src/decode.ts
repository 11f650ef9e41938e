// SPDX-License-Identifier: GPL-2.0-or-later
/** Whatever the kernel, a debugger or QEMU printed about page tables, or a raw value: explained. */
import { DEFAULT_PROFILE } from '@specialbit/core';
import { readPte } from '@specialbit/core/arch';
import { UsageError } from '@specialbit/view';
import type { Decoded } from './decoded.js';
import { decodeEntry, entryLines, parseHex } from './entry.js';
import { profileOf } from './kernel-of.js';
import type { Known } from './known.js';
import { decodeListed } from './listed-entries.js';
import type { DecodeOptions, Input } from './options.js';
import { nothingFound } from './refusal.js';
import { decodeReports, reportsIn } from './reports.js';

const VALUE = /^(?:0x)?[0-9a-f_]{1,20}$/i;

/** Throws UsageError for what nothing is found in, and where the architecture has to be given. */
export function decodeText(input: Input, options: DecodeOptions, known: Known): Decoded {
  const { reports } = reportsIn(input.text);
  if (reports.length > 0) return decodeReports(reports, options, known);
  const listed = decodeListed(input.text, options, known);
  if (listed !== undefined) return listed;
  const words = valuesIn(input.text);
  if (words !== undefined) return decodeValues(words, options, known);
  throw nothingFound(input);
}

/** The words of a text that has nothing else in it than raw values. */
export function valuesIn(text: string): readonly string[] | undefined {
  const words = text.trim().split(/[\s,;]+/);
  return words[0] !== '' && words.every((word) => VALUE.test(word)) ? words : undefined;
}

/** Raw values: nothing in them says which architecture they are of; several names with commas read them side by side. */
function decodeValues(words: readonly string[], options: DecodeOptions, known: Known): Decoded {
  if (options.arch === undefined)
    throw new UsageError(
      'usage.architecture',
      'a raw value does not say which architecture it is of: give --arch NAME; `specialbit arch` lists them',
    );
  const archs = options.arch.split(',').map((part) => {
    const [name, at] = part.trim().split('@', 2) as [string, string?];
    return known.architectureNamed(name).at(profileOf(options.kernel ?? at ?? DEFAULT_PROFILE.version));
  });
  const entries = words.flatMap((word) =>
    archs.map((arch) => ({
      arch,
      view: decodeEntry(arch, readPte(parseHex(word, arch.layout.pteBits)), options.level),
    })),
  );
  return {
    blocks: (painted) => entries.map(({ view }) => entryLines(view, painted)),
    plain: entries.map(({ view }) => view),
    entries,
  };
}
