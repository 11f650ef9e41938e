// SPDX-License-Identifier: GPL-2.0-or-later
/** Structures that strace shows as strings of bytes. */

/** Two 64-bit words of a struct that strace shows as a string of bytes. */
export function twoWords(detail: string): [number, number] | undefined {
  const addr = wordAt(detail, 0, 8);
  const len = wordAt(detail, 8, 8);
  return addr === undefined || len === undefined ? undefined : [addr, len];
}

/** A little-endian word at byte `offset` of a string with strace's escapes. */
export function wordAt(detail: string, offset: number, size: number): number | undefined {
  const text = /^"((?:[^"\\]|\\.)*)"/.exec(detail)?.[1];
  if (text === undefined) return undefined;
  const bytes = [...text.matchAll(/\\([0-7]{1,3}|x[0-9a-f]{2}|.)|([^\\])/g)].map(([, code, plain]) => {
    if (plain !== undefined) return plain.charCodeAt(0);
    if (/^[0-7]/.test(code!)) return Number.parseInt(code!, 8);
    if (code![0] === 'x' && code!.length === 3) return Number.parseInt(code!.slice(1), 16);
    return ({ n: 10, t: 9, r: 13, v: 11, f: 12 } as Record<string, number>)[code!] ?? code!.charCodeAt(0);
  });
  if (bytes.length < offset + size) return undefined;
  let value = 0;
  for (let i = size - 1; i >= 0; i--) value = value * 256 + bytes[offset + i]!;
  return value;
}
