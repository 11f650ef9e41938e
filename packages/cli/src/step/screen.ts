// SPDX-License-Identifier: GPL-2.0-or-later
/** The terminal: raw keys in, whole screens out, and everything as it was afterwards. */
import type { ReadStream, WriteStream } from 'node:tty';

import { type Key, width } from '@specialbit/view';
import { shown as clean, type ShownStream, steering } from '../untrusted.js';
import { KeyDecoder } from './keys.js';

import type { Screen, Size } from './view.js';

/** Alternate screen, no wrapping at the right edge, no cursor. */
const ENTER = steering`\u001b[?1049h\u001b[?7l\u001b[?25l\u001b[2J`;
const LEAVE = steering`\u001b[0m\u001b[?25h\u001b[?7h\u001b[?1049l`;
/** What a terminal that does not say its size is taken for. */
const USUAL: Size = { columns: 80, rows: 24 };
/** Longer than a sequence of one key is ever torn apart, also over a slow line. */
const ESCAPE_MS = 60;

export interface ScreenEvents {
  key(key: Key): void;
  /** The size changed, or the terminal is ours again. */
  redraw(): void;
  /** The terminal is gone, or somebody wants us to end. `signal`: exit as it asks. */
  hangUp(signal: NodeJS.Signals | null): void;
}

const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

export class TerminalScreen {
  private shown: string[] = [];
  private entered = false;
  private readonly decoder = new KeyDecoder();
  private timer: NodeJS.Timeout | undefined;
  private readonly undo: (() => void)[] = [];

  constructor(
    private readonly input: ReadStream,
    private readonly output: Omit<WriteStream, 'write'> & ShownStream,
    private readonly events: ScreenEvents,
  ) {}

  get size(): Size {
    const { columns, rows } = this.output;
    return { columns: columns > 0 ? columns : USUAL.columns, rows: rows > 0 ? rows : USUAL.rows };
  }

  open(): void {
    const { input, output, events } = this;
    input.setEncoding('utf8');
    this.on(input, 'data', (text: string) => this.received(text));
    this.on(input, 'end', () => events.hangUp(null));
    this.on(input, 'error', () => events.hangUp(null));
    this.on(output, 'resize', () => this.redraw());
    for (const signal of SIGNALS) this.on(process, signal, () => events.hangUp(signal));
    this.on(process, 'SIGCONT', () => {
      this.enter();
      this.redraw();
    });
    // whatever ends the process, the terminal is given back
    this.on(process, 'exit', () => this.leave());
    this.enter();
  }

  close(): void {
    clearTimeout(this.timer);
    for (const undo of this.undo.splice(0)) undo();
    this.leave();
    this.input.pause();
  }

  /** Gives the terminal back until the shell continues us. */
  suspend(): void {
    this.leave();
    process.kill(process.pid, 'SIGTSTP');
  }

  /** Everything again, from nothing. */
  redraw(): void {
    this.shown = [];
    this.events.redraw();
  }

  /** Writes the lines that are not there yet. */
  draw({ lines, cursor }: Screen): void {
    if (!this.entered) return;
    let text = this.shown.length === 0 ? steering`\u001b[0m\u001b[2J` : steering``;
    const { rows, columns } = this.size;
    for (const [i, line] of lines.slice(0, rows).entries()) {
      if (this.shown[i] === line) continue;
      // behind a full line the cursor still stands on its last column, and would erase it
      const rest = width(line) < columns ? steering`\u001b[K` : steering``;
      text = steering`${text}\u001b[${i + 1};1H${clean(line)}\u001b[0m${rest}`;
    }
    this.shown = [...lines];
    const end =
      cursor === null ? steering`\u001b[?25l` : steering`\u001b[${cursor.row + 1};${cursor.column + 1}H\u001b[?25h`;
    this.output.write(steering`${text}${end}`);
  }

  private enter(): void {
    this.entered = true;
    this.shown = [];
    this.input.setRawMode(true);
    this.input.resume();
    this.output.write(ENTER);
  }

  private leave(): void {
    if (!this.entered) return;
    this.entered = false;
    try {
      this.output.write(LEAVE);
      this.input.setRawMode(false);
    } catch {
      // the terminal is gone: there is nothing to restore
    }
  }

  private received(text: string): void {
    clearTimeout(this.timer);
    for (const key of this.decoder.push(text)) this.events.key(key);
    if (!this.decoder.waiting) return;
    this.timer = setTimeout(() => {
      for (const key of this.decoder.flush()) this.events.key(key);
    }, ESCAPE_MS);
  }

  // biome-ignore lint/suspicious/noExplicitAny: listeners of several emitters
  private on(emitter: NodeJS.EventEmitter, name: string, listener: (...args: any[]) => void): void {
    emitter.on(name, listener);
    this.undo.push(() => emitter.off(name, listener));
  }
}
