// SPDX-License-Identifier: GPL-2.0-or-later
/** Whatever the kernel, a debugger or QEMU printed about page tables, or a raw value: explained. */
import { DEFAULT_PROFILE } from '@specialbit/core';
import { type Architecture, readPte } from '@specialbit/core/arch';
import { UsageError } from '@specialbit/view';
import type { Decoded } from './decoded.js';
import { decodeEntry, entryLines, type Level, parseHex } from './entry.js';
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
  const lanes = options.arch.split(',').map((part): Lane => {
    const name = part.trim();
    const [base, at] = name.split('@', 2) as [string, string?];
    const arch = known.architectureNamed(base).at(profileOf(options.kernel ?? at ?? DEFAULT_PROFILE.version));
    return { name, arch };
  });
  const read = words.flatMap((word) => lanes.map((lane) => readValue(word, lane, options.level, lanes.length > 1)));
  return {
    blocks: (painted) =>
      read.map((each) => ('view' in each ? entryLines(each.view, painted) : [painted.color.bold(each.unfit)])),
    plain: read.map((each) => ('view' in each ? each.view : each)),
    entries: read.flatMap((each) => ('view' in each ? [each] : [])),
  };
}

/** An architecture as a kernel has it, and how somebody called it. */
interface Lane {
  readonly name: string;
  readonly arch: Architecture;
}

type Read = Decoded['entries'][number] | { readonly unfit: string };

/** `several`: one architecture whose entries are too narrow for the value does not hinder the others. */
function readValue(word: string, { name, arch }: Lane, level: Level | undefined, several: boolean): Read {
  try {
    const view = decodeEntry(arch, readPte(parseHex(word, arch.layout.pteBits)), level);
    // of several kernels of one architecture each is told by its own name
    return { name, arch, view: several && name.includes('@') ? { ...view, arch: name } : view };
  } catch (error) {
    if (!several || !(error instanceof UsageError)) throw error;
    return { unfit: `0x${word.replace(/^0x/i, '')} on ${name}: ${error.message.replace(/^[^:]*: /, '')}` };
  }
}
