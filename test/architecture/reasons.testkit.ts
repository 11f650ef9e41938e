// SPDX-License-Identifier: GPL-2.0-or-later
/** Where core/src/kernel writes an error down, and whether it says why: read from the source. */

/** An errno or a vm_fault_t of failure. */
const ERROR = /-E[A-Z0-9]{3,}\b|\bVM_FAULT_(?:OOM|SIGBUS|SIGSEGV|HWPOISON|FALLBACK)\b|-\(errnoCode\b/g;
/** Calls of the Kernel that say why, or that somebody has said it. */
const SAYS_WHY = /\bk\.(?:fails|turns|passes)$/;

export interface BareError {
  readonly line: number;
  readonly text: string;
}

/** Errors of a source text that are neither compared with nor an argument of `k.fails`, `k.turns` or `k.passes`. */
export function bareErrors(source: string): BareError[] {
  const text = blank(source);
  const found: BareError[] = [];
  for (const match of text.matchAll(ERROR)) {
    const at = match.index;
    const before = text.slice(0, at).trimEnd();
    if (/^import\b/.test(statement(text, at))) continue;
    if (/[=!]==$|[=!<>]=?$/.test(before) && !/[^=!<>]=$/.test(before)) continue;
    // a mask, or a comparison the other way round
    if (/[&|]$|~\(?$/.test(before) || /^\s*[&|]\s|^\)*\s*[=!]==/.test(text.slice(at + match[0].length))) continue;
    if (SAYS_WHY.test(caller(text, at))) continue;
    const line = text.slice(0, at).split('\n').length;
    found.push({ line, text: source.split('\n')[line - 1]!.trim() });
  }
  return found;
}

/** Comments and strings as blanks of the same length. */
function blank(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|`[^`]*`/g, (part) =>
    part.replace(/[^\n]/g, ' '),
  );
}

/** From the last statement's end on. */
function statement(text: string, at: number): string {
  const from = text.lastIndexOf(';', at) + 1;
  return text.slice(from, at).trimStart();
}

/** What stands before the innermost open parenthesis. */
function caller(text: string, at: number): string {
  let depth = 0;
  for (let i = at - 1; i >= 0; i--) {
    const c = text[i];
    if (c === ')') depth++;
    else if (c === '(' && depth-- === 0) return text.slice(Math.max(0, i - 40), i);
    else if (c === ';' || c === '{' || c === '}') return '';
  }
  return '';
}
