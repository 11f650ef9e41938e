// SPDX-License-Identifier: GPL-2.0-or-later
/** The arguments of a call as strace prints them. */

const OPEN = '([{';
const CLOSE = ')]}';

/**
 * Splits `text` at its top-level commas. Strings in quotes, brackets and braces, comments, and what
 * -y writes behind a descriptor (`3</a,b>`, `4<socket:[5]>`, `1</dev/pts/0<char 136:0>>`) hold together.
 */
export function splitArgs(text: string): string[] {
  const args: string[] = [];
  let depth = 0;
  let from = 0;
  let i = 0;
  while (i < text.length) {
    const c = text[i]!;
    if (c === '"') i = endOfString(text, i);
    else if (c === '/' && text[i + 1] === '*') i = after(text, '*/', i) - 1;
    else if (c === '<' && isDescriptor(text, i)) i = endOfAngles(text, i);
    else if (OPEN.includes(c)) depth++;
    else if (CLOSE.includes(c)) depth--;
    else if (c === ',' && depth === 0) {
      args.push(text.slice(from, i).trim());
      from = i + 1;
    }
    i++;
  }
  const last = text.slice(from).trim();
  if (last !== '' || args.length > 0) args.push(last);
  return args;
}

/** Where the parenthesis that opens at `at` closes, or -1. */
export function closingParenthesis(text: string, at: number): number {
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    const c = text[i]!;
    if (c === '"') i = endOfString(text, i);
    else if (c === '/' && text[i + 1] === '*') i = after(text, '*/', i) - 1;
    else if (c === '<' && isDescriptor(text, i)) i = endOfAngles(text, i);
    else if (OPEN.includes(c)) depth++;
    else if (CLOSE.includes(c) && --depth === 0) return i;
  }
  return -1;
}

/** A `<` directly behind a number or a name, and no shift operator. */
function isDescriptor(text: string, at: number): boolean {
  return at > 0 && text[at + 1] !== '<' && text[at - 1] !== '<' && /[0-9A-Z_/]/.test(text[at - 1]!);
}

function after(text: string, what: string, from: number): number {
  const at = text.indexOf(what, from);
  return at < 0 ? text.length : at + what.length;
}

/** The index of the closing quote. */
function endOfString(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '"') return i;
  }
  return text.length;
}

/** The index of the `>` that closes the `<` at `at`; `->` inside is an arrow between two addresses. */
function endOfAngles(text: string, at: number): number {
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    if (text[i] === '<') depth++;
    else if (text[i] === '>' && text[i - 1] !== '-' && --depth === 0) return i;
  }
  return text.length;
}

/** Removes comments: `0x3 /* PROT_READ *\/` of -X verbose becomes `0x3`. */
export function withoutComments(text: string): string {
  return text.includes('/*') ? text.replace(/\s*\/\*.*?\*\//g, '').trim() : text;
}

/** The text of a quoted string with its codes resolved; undefined if it is none (an address, NULL). */
export function unquote(text: string): string | undefined {
  const match = /^"((?:[^"\\]|\\.)*)"/.exec(text);
  if (match === null) return undefined;
  return match[1]!.replace(/\\(x[0-9a-f]{2}|[0-7]{1,3}|.)/g, (_, code: string) => {
    if (code[0] === 'x') return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8));
    return ({ n: '\n', t: '\t', r: '\r', v: '\v', f: '\f' } as Record<string, string>)[code] ?? code;
  });
}
