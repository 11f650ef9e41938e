// SPDX-License-Identifier: GPL-2.0-or-later
/** Takes everything observed out of a transcript, but for the frames that the real allocator chose. */

interface Step {
  readonly scenario: string;
  readonly seq: number;
  readonly mm?: number;
  readonly op?: object;
  readonly oops?: readonly string[];
  readonly dump?: { readonly mms: readonly { readonly vmas: readonly { readonly pt: readonly unknown[][] }[] }[] };
}

/** `spaced`: written as other JSON libraries do, with blanks after colons and commas. */
export function strip(lines: readonly string[], spaced = false): string[] {
  const seen = new Set<string>();
  return lines.map((line) => {
    const record = JSON.parse(line) as Step | { readonly begin: string } | { readonly header: 1 };
    if ('header' in record) return line;
    if ('begin' in record) {
      seen.clear();
      return line;
    }
    const { scenario, seq, mm, op, dump, oops } = record;
    if (oops !== undefined) return line;
    const alloc: Record<string, string> = {};
    for (const entry of (dump?.mms ?? []).flatMap(({ vmas }) => vmas).flatMap(({ pt }) => pt)) {
      const label = entry[4];
      if (entry[2] === 'swap' || typeof label !== 'string' || !/^[AF]\d/.test(label) || seen.has(label)) continue;
      seen.add(label);
      alloc[label] = entry[3] as string;
    }
    const stripped = { scenario, seq, mm, op, ...(Object.keys(alloc).length > 0 ? { alloc } : {}) };
    const text = JSON.stringify(stripped);
    return spaced ? text.replace(/("[^"]*"|[\d\]}]):?/g, (m) => (m.endsWith(':') ? `${m} ` : m)) : text;
  });
}
