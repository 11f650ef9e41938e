// SPDX-License-Identifier: GPL-2.0-or-later
/** What can be written at a place within a line of a log that is half typed. */

/** The object that the cursor is in, and what is to be written there. */
export interface Cursor {
  /** The path of the object, its names and indices. */
  readonly path: readonly (string | number)[];
  /** The value of its `type`, as far as it is there. */
  readonly type: string | undefined;
  /** Its members that are texts, whole ones. */
  readonly texts: ReadonlyMap<string, string>;
  /** Names that the object has, without the one that is being written. */
  readonly members: readonly string[];
  /** The member whose value is being written; undefined: a name is. */
  readonly member: string | undefined;
  /** Where the word begins that is being written, behind its quote. */
  readonly from: number;
  /** A quote was opened in front of it. */
  readonly quoted: boolean;
}

interface Frame {
  readonly list: boolean;
  /** The member that the value belongs to. */
  key: string | undefined;
  index: number;
  expects: 'key' | 'colon' | 'value' | 'comma';
  readonly keys: string[];
  readonly texts: Map<string, string>;
}

const frame = (list: boolean): Frame => ({
  list,
  key: undefined,
  index: 0,
  expects: list ? 'value' : 'key',
  keys: [],
  texts: new Map(),
});

/** Undefined where nothing can be written: behind a value, or in a comment. */
export function cursorIn(line: string, column: number): Cursor | undefined {
  const stack: Frame[] = [];
  let at = 0;
  let word = column;
  while (at < column) {
    const top = stack.at(-1);
    const letter = line[at]!;
    if (letter === '"') {
      const end = closingQuote(line, at + 1);
      if (end >= column) {
        return top === undefined ? undefined : cursorOf(line, column, stack, at + 1, true);
      }
      if (top !== undefined) told(top, line.slice(at + 1, end));
      at = end + 1;
      word = column;
      continue;
    }
    if (letter === '{' || letter === '[') stack.push(frame(letter === '['));
    else if (letter === '}' || letter === ']') {
      stack.pop();
      const outer = stack.at(-1);
      if (outer !== undefined) outer.expects = 'comma';
    } else if (top !== undefined && letter === ':') top.expects = 'value';
    else if (top !== undefined && letter === ',') {
      top.expects = top.list ? 'value' : 'key';
      top.index++;
    } else if (/\S/.test(letter)) {
      if (top === undefined) return undefined;
      word = Math.min(word, at);
      at++;
      continue;
    }
    word = column;
    at++;
  }
  return stack.length === 0 ? undefined : cursorOf(line, column, stack, word, false);
}

function told(top: Frame, text: string): void {
  if (top.expects === 'key') {
    top.key = text;
    top.keys.push(text);
    top.expects = 'colon';
    return;
  }
  if (top.key !== undefined && !top.list) top.texts.set(top.key, text);
  top.expects = 'comma';
}

function closingQuote(line: string, from: number): number {
  let at = from;
  while (at < line.length && line[at] !== '"') at += line[at] === '\\' ? 2 : 1;
  return at;
}

function cursorOf(
  line: string,
  column: number,
  stack: readonly Frame[],
  from: number,
  quoted: boolean,
): Cursor | undefined {
  const top = stack.at(-1)!;
  if (top.expects === 'comma' || top.expects === 'colon') return undefined;
  const path = stack.slice(0, -1).map(({ list, key, index }) => (list ? index : (key ?? '')));
  // of a list, the member that has it
  const owner = top.list ? stack.findLast(({ list }) => !list) : top;
  const member = top.expects === 'value' ? owner?.key : undefined;
  if (top.expects === 'value' && member === undefined) return undefined;
  // a text that is being written goes on to its quote
  const rest = quoted ? closingQuote(line, column) + 1 : column;
  const behind = top.list ? { keys: [], texts: new Map<string, string>() } : membersBehind(line, rest);
  const texts = new Map([...behind.texts, ...(owner?.texts ?? [])]);
  // the path is that of the object, be the cursor in a list of one of its members or not
  const own = top.list
    ? path.slice(
        0,
        stack.findLastIndex(({ list }) => !list),
      )
    : path;
  const members = [...(owner?.keys ?? []), ...behind.keys];
  return { path: own, type: texts.get('type'), texts, members, member, from, quoted };
}

/** Names behind the cursor in the same object, and its texts there. */
function membersBehind(line: string, column: number): Pick<Frame, 'keys' | 'texts'> {
  const keys: string[] = [];
  const texts = new Map<string, string>();
  let depth = 0;
  for (const [token, text, colon] of line.slice(column).matchAll(/"((?:[^"\\]|\\.)*)"(\s*:)?|[{}[\]]/g)) {
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') {
      depth--;
      if (depth < 0) break;
    } else if (depth === 0 && text !== undefined) {
      if (colon !== undefined) keys.push(text);
      else if (keys.length > 0 && !texts.has(keys.at(-1)!)) texts.set(keys.at(-1)!, text);
    }
  }
  return { keys, texts };
}
