// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Tables of files that have no handler themselves: they name one of another file. Found in the text, since a tree of each
 * such file costs more than all that it says.
 */
import type { MemberValue } from '../c/functions.js';

const NAMED = /^[ \t]*\.(\w*mmap(?:_prepare)?)\s*=\s*([a-z_]\w*)\s*,?\s*$/gm;
const TABLE = /\b(struct\s+\w+)\s+(\w+)(?:\s+__\w+)?\s*=\s*\{/g;

/** A member of a table, with the file that has it. */
export type NamedHandler = MemberValue & { readonly path: string };

/** The members of tables that name a handler of `->mmap`. */
export function namedHandlers(path: string, text: string): NamedHandler[] {
  if (!text.includes('mmap')) return [];
  const values: NamedHandler[] = [];
  for (const { 1: member, 2: value, index } of text.matchAll(NAMED)) {
    const before = text.slice(0, index);
    const [, type, owner] = [...before.matchAll(TABLE)].at(-1) ?? [];
    if (type === undefined || owner === undefined) continue;
    const line = before.split('\n').length;
    values.push({ path, type: type.replace(/\s+/, ' '), owner, member: member!, value: value!, line });
  }
  return values;
}
