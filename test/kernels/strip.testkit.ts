// SPDX-License-Identifier: GPL-2.0-or-later
/** Taking everything observed out of a transcript: what is left is what was asked, and the allocator's choices. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

interface Dumped {
  readonly mms: readonly { readonly vmas: readonly { readonly pt: readonly (readonly unknown[])[] }[] }[];
}

export function linesOf(file: string): string[] {
  return gunzipSync(readFileSync(file)).toString().split('\n').filter(Boolean);
}

/** The lines of a transcript without the kernel's answers. `write` makes the text of a step. */
export function stripped(lines: readonly string[], write: (record: object) => string = JSON.stringify): string[] {
  let seen = new Set<string>();
  return lines.map((line) => {
    const record = JSON.parse(line);
    if ('begin' in record) seen = new Set();
    if (!('op' in record)) return line;
    const { scenario, seq, mm, op, dump } = record;
    const alloc = newPages(dump, seen);
    return write(Object.keys(alloc).length === 0 ? { scenario, seq, mm, op } : { scenario, seq, mm, op, alloc });
  });
}

/** Label -> pfn of the pages that no step before showed. */
function newPages(dump: Dumped, seen: Set<string>): Record<string, string> {
  const alloc: Record<string, string> = {};
  for (const mm of dump.mms) {
    for (const vma of mm.vmas) {
      for (const [, , kind, pfn, label] of vma.pt) {
        if (kind === 'swap' || typeof label !== 'string' || !/^[AF]\d/.test(label) || seen.has(label)) continue;
        seen.add(label);
        alloc[label] = pfn as string;
      }
    }
  }
  return alloc;
}
