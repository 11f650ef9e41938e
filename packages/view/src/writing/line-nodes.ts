// SPDX-License-Identifier: GPL-2.0-or-later
/** Where the members of a line of a log stand in its text; of a line that is half typed as much as there is. */

/** A value of the JSON of a line, and where it stands. Offsets are those of the text, ends not included. */
export interface LineNode {
  /** As in an error: `call[1].at`; empty for the whole record. */
  readonly path: string;
  /** The last name in the path; empty for the record and for items of an array. */
  readonly key: string;
  /** The path of what it is a member or item of. */
  readonly parent: string;
  readonly kind: 'object' | 'array' | 'string' | 'other';
  /** The name with its quotes; both are -1 where there is none. */
  readonly keyFrom: number;
  readonly keyTo: number;
  /** The value, of a text with its quotes. */
  readonly from: number;
  readonly to: number;
  /** Of a text: what it says. */
  readonly text: string;
}

/** Deeper than any record is; what is hostile is not followed. */
const DEEPEST = 32;

/** All values of a line, each behind what it is within. */
export function lineNodes(line: string): LineNode[] {
  const nodes: LineNode[] = [];
  new Reader(line, nodes).value('', '', '', -1, -1, 0);
  return nodes;
}

/** Where a path of an error stands in a line: the value, else the name of the member, else what it should be within. */
export function memberRange(line: string, path: string): { readonly from: number; readonly to: number } {
  const nodes = lineNodes(line);
  for (let at = path; ; at = outer(at)) {
    const node = nodes.find((one) => one.path === at);
    if (node !== undefined && at !== '')
      return { from: node.keyFrom >= 0 && at !== path ? node.keyFrom : node.from, to: node.to };
    if (at === '') return wholeLine(line);
  }
}

/** Without the blanks around it. */
function wholeLine(line: string): { readonly from: number; readonly to: number } {
  const to = line.trimEnd().length;
  return { from: Math.min(line.length - line.trimStart().length, to), to };
}

/** `call[1]` of `call[1].at`, `call` of that, and nothing of that. */
function outer(path: string): string {
  const end = Math.max(path.lastIndexOf('.'), path.lastIndexOf('['));
  return end < 0 ? '' : path.slice(0, end);
}

class Reader {
  private at = 0;

  constructor(
    private readonly line: string,
    private readonly nodes: LineNode[],
  ) {}

  /** Reads a value; false where there is none. */
  value(path: string, key: string, parent: string, keyFrom: number, keyTo: number, depth: number): boolean {
    this.blanks();
    const from = this.at;
    const first = this.line[from];
    if (first === undefined || ',:]}'.includes(first) || depth > DEEPEST) return false;
    const place = this.nodes.length;
    const node = { path, key, parent, keyFrom, keyTo, from, to: from, text: '' };
    this.nodes.push({ ...node, kind: 'other' });
    let kind: LineNode['kind'] = 'other';
    let text = '';
    if (first === '{') {
      kind = 'object';
      this.members(path, depth);
    } else if (first === '[') {
      kind = 'array';
      this.items(path, depth);
    } else if (first === '"') {
      kind = 'string';
      text = this.string();
    } else while (this.at < this.line.length && !/[\s,\]}]/.test(this.line[this.at]!)) this.at++;
    this.nodes[place] = { ...node, kind, text, to: this.at };
    return true;
  }

  private members(path: string, depth: number): void {
    this.at++;
    for (;;) {
      this.blanks();
      const next = this.line[this.at];
      if (next === undefined) return;
      if (next === '}') {
        this.at++;
        return;
      }
      if (next !== '"') {
        // what cannot stand here is passed over
        this.at++;
        continue;
      }
      const keyFrom = this.at;
      const key = this.string();
      const keyTo = this.at;
      this.blanks();
      if (this.line[this.at] !== ':') continue;
      this.at++;
      const own = path === '' ? key : `${path}.${key}`;
      if (!this.value(own, key, path, keyFrom, keyTo, depth + 1) && depth + 1 > DEEPEST) {
        this.at = this.line.length;
        return;
      }
    }
  }

  private items(path: string, depth: number): void {
    this.at++;
    for (let index = 0; ; ) {
      this.blanks();
      const next = this.line[this.at];
      if (next === undefined) return;
      if (next === ']') {
        this.at++;
        return;
      }
      if (this.value(`${path}[${index}]`, '', path, -1, -1, depth + 1)) index++;
      else if (depth + 1 > DEEPEST) {
        this.at = this.line.length;
        return;
      } else this.at++;
    }
  }

  /** The text of a string, of one that does not end as far as it goes. */
  private string(): string {
    const from = ++this.at;
    const { line } = this;
    while (this.at < line.length && line[this.at] !== '"') this.at += line[this.at] === '\\' ? 2 : 1;
    this.at = Math.min(this.at, line.length);
    const inner = line.slice(from, this.at);
    if (this.at < line.length) this.at++;
    if (!inner.includes('\\')) return inner;
    try {
      return JSON.parse(`"${inner}"`) as string;
    } catch {
      return inner;
    }
  }

  private blanks(): void {
    // JSON's, all of which are below
    while (this.line.charCodeAt(this.at) <= 32) this.at++;
  }
}
