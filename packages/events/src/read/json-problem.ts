// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Where a text stops being JSON. `JSON.parse` says so only in prose, which differs between versions
 * of Node; this runs only over lines that it has refused.
 */

// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them in strings
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y;
const SCALAR = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const BLANK = /[ \t\r\n]*/y;

class Stop {
  constructor(readonly at: number) {}
}

/** Offset of the first character that cannot be JSON; the text's length when it only ends too early, or is JSON. */
export function jsonProblem(text: string): number {
  try {
    return skip(text, BLANK, value(text, skip(text, BLANK, 0)));
  } catch (stop) {
    if (stop instanceof Stop) return stop.at;
    if (stop instanceof RangeError) return 0; // nested deeper than the stack is
    throw stop;
  }
}

/** The offset after what `pattern` matches at `at`. */
function skip(text: string, pattern: RegExp, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

function value(text: string, at: number): number {
  const first = text[at];
  if (first === '{') return members(text, at, '}', (start) => value(text, colon(text, string(text, start))));
  if (first === '[') return members(text, at, ']', (start) => value(text, start));
  if (first === '"') return string(text, at);
  const end = skip(text, SCALAR, at);
  if (end > at) return end;
  const rest = text.slice(at);
  const cut = rest !== '' && ['true', 'false', 'null'].some((word) => word.startsWith(rest));
  throw new Stop(cut || rest === '-' ? text.length : at);
}

function members(text: string, at: number, close: string, member: (at: number) => number): number {
  let here = skip(text, BLANK, at + 1);
  if (text[here] === close) return here + 1;
  for (;;) {
    here = skip(text, BLANK, member(here));
    if (text[here] === close) return here + 1;
    if (text[here] !== ',') throw new Stop(here);
    here = skip(text, BLANK, here + 1);
  }
}

function colon(text: string, at: number): number {
  const here = skip(text, BLANK, at);
  if (text[here] !== ':') throw new Stop(here);
  return skip(text, BLANK, here + 1);
}

function string(text: string, at: number): number {
  const end = skip(text, STRING, at);
  if (end === at || text[end] !== '"') throw new Stop(text[end] === '\\' && text.length - end < 6 ? text.length : end);
  return end + 1;
}
