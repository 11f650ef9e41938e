// SPDX-License-Identifier: GPL-2.0-or-later
/** Bytes of a terminal as keys. */
import type { Key } from '@specialbit/view';

type Named = Exclude<Key, { name: 'char' }>['name'];

/** Control characters. */
const CONTROL: Readonly<Record<string, Named>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\u007f': 'backspace',
  '\b': 'backspace',
  '\u0003': 'interrupt',
  '\u0004': 'interrupt',
  '\u000c': 'redraw',
  '\u0015': 'clear',
  '\u001a': 'suspend',
};

/** What follows ESC [ or ESC O, as xterm, VT220, the Linux console and screen say it. */
const SEQUENCES: Readonly<Record<string, Named>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  H: 'home',
  F: 'end',
  Z: 'backtab',
  M: 'enter',
  '1~': 'home',
  '7~': 'home',
  '4~': 'end',
  '8~': 'end',
  '5~': 'pageup',
  '6~': 'pagedown',
};

export class KeyDecoder {
  private rest = '';

  /** The keys that are complete. An ESC at the end waits: it may begin a sequence that is still on its way. */
  push(text: string): Key[] {
    this.rest += text;
    const keys: Key[] = [];
    for (let taken = this.take(keys); taken > 0; taken = this.take(keys)) this.rest = this.rest.slice(taken);
    return keys;
  }

  /** Something waits for its end. */
  get waiting(): boolean {
    return this.rest !== '';
  }

  /** Nothing more came: what waits is the key ESC, or nonsense. */
  flush(): Key[] {
    const { rest } = this;
    this.rest = '';
    return rest === '' ? [] : [{ name: rest === '\u001b' ? 'escape' : 'unknown' }];
  }

  /** Characters that the first key takes; 0 when it is not complete. */
  private take(keys: Key[]): number {
    const { rest } = this;
    if (rest === '') return 0;
    if (rest[0] !== '\u001b') {
      const char = String.fromCodePoint(rest.codePointAt(0)!);
      const named = CONTROL[char];
      if (named !== undefined) keys.push({ name: named });
      else if (char >= ' ') keys.push({ name: 'char', char });
      else keys.push({ name: 'unknown' });
      return char.length;
    }
    if (rest.length === 1) return 0;
    // ESC ESC, or ESC and a letter: the first is a key of its own
    if (rest[1] !== '[' && rest[1] !== 'O') {
      keys.push({ name: 'escape' });
      return 1;
    }
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control sequences begin with ESC
    const sequence = /^\u001b(?:O(.)|\[([0-?]*[ -/]*[@-~]))/s.exec(rest);
    if (sequence === null) {
      if (rest.length < 32) return 0;
      keys.push({ name: 'unknown' });
      return rest.length;
    }
    // modifiers say nothing here: ESC [ 1 ; 5 C is "right"
    const code = (sequence[1] ?? sequence[2]!).replace(/;\d+/, '').replace(/^1(?=[A-Z])/, '');
    keys.push({ name: SEQUENCES[code] ?? 'unknown' });
    return sequence[0].length;
  }
}
