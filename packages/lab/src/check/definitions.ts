// SPDX-License-Identifier: GPL-2.0-or-later
/** Where a kernel tree defines functions, macros and structures, and hashes by which one is told from another of the same name. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Folders that the model speaks of. */
const FOLDERS = ['mm', 'kernel', 'fs', 'include', 'arch', 'drivers/iommu'];

/** What may begin a definition: a macro, a system call, a structure, or a name with arguments in a line without indent. */
const BEGINS =
  /^(?:[ \t]*#[ \t]*define[ \t]+(\w+)|(?:COMPAT_)?SYSCALL_DEFINE\d\((\w+)|struct (\w+) \{|(?:[A-Za-z_][^\n;={}()#"]*[\s*])?(\w+)[ \t]*\()/gm;

/** Macros that define a function for those who use them. */
const MADE_BY_MACRO: Readonly<Record<string, string>> = { DECLARE_VM_GET_PAGE_PROT: 'vm_get_page_prot' };

/** A definition: hashes of what stands before its body, and of the body; the same for the same tokens. */
export interface Definition {
  readonly signature: string;
  readonly body: string;
}

/** By name, then by file. */
export type Definitions = ReadonlyMap<string, ReadonlyMap<string, Definition>>;

/** Looks for `names` in the sources of a tree. */
export function findDefinitions(tree: string, names: ReadonlySet<string>): Definitions {
  const found = new Map<string, Map<string, Definition>>();
  for (const folder of FOLDERS)
    for (const path of sources(join(tree, folder)))
      for (const { name, definition } of definitionsOf(readFileSync(path, 'utf8'), names)) {
        const files = found.get(name) ?? new Map<string, Definition>();
        const file = relative(tree, path);
        // variants of one name in a file, under #ifdef, are one
        const other = files.get(file);
        files.set(
          file,
          other === undefined ? definition : { signature: other.signature, body: hash(other.body + definition.body) },
        );
        found.set(name, files);
      }
  return found;
}

function* sources(folder: string): Generator<string> {
  let entries: ReturnType<typeof list> = [];
  try {
    entries = list(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (/\.[ch]$/.test(entry.name)) yield path;
  }
}

const list = (folder: string) =>
  readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));

/** Definitions in a source of names that are asked for. */
export function* definitionsOf(
  text: string,
  names: ReadonlySet<string>,
): Generator<{ readonly name: string; readonly definition: Definition }> {
  for (const match of text.matchAll(BEGINS)) {
    const [all, macro, call, structure, called] = match;
    const named = macro ?? call ?? structure ?? called!;
    const name = macro === undefined ? named : (MADE_BY_MACRO[named] ?? named);
    if (!names.has(name)) continue;
    if (macro !== undefined) {
      const end = endOfMacro(text, match.index);
      yield { name, definition: defined('', text.slice(match.index + all.length, end)) };
      continue;
    }
    const closed =
      structure === undefined
        ? behind(text, match.index + all.lastIndexOf('('), '(', ')')
        : match.index + all.length - 1;
    // attributes and annotations of locks may stand between the arguments and the body
    const between = /^(?:\s|__\w+(?:\([^()]*(?:\([^()]*\))?[^()]*\))?)*\{/.exec(text.slice(closed, closed + 400));
    if (between === null) continue;
    const open = closed + between[0].length - 1;
    yield { name, definition: defined(text.slice(match.index, open), text.slice(open, behind(text, open, '{', '}'))) };
  }
}

function endOfMacro(text: string, from: number): number {
  let end = text.indexOf('\n', from);
  while (end > 0 && text[end - 1] === '\\') end = text.indexOf('\n', end + 1);
  return end < 0 ? text.length : end;
}

/** The index behind what closes the bracket at `at`. */
function behind(text: string, at: number, open: string, close: string): number {
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    if (text[i] === open) depth++;
    else if (text[i] === close && --depth === 0) return i + 1;
  }
  return text.length;
}

function defined(signature: string, body: string): Definition {
  return { signature: hash(tokens(signature)), body: hash(tokens(body)) };
}

/** A source without comments, and with one space at most between its tokens. */
function tokens(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|\\\n/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/ ?([^\w ]) ?/g, '$1')
    .trim();
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
