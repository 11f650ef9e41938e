// SPDX-License-Identifier: GPL-2.0-or-later
/** What is being done: a line that is drawn over on a terminal; elsewhere one now and then. */
import type { Terminal } from '../terminal.js';

const REDRAW_MS = 100;
const WIDEST = 78;
/** Where nothing can be drawn over: one line in so many milliseconds. */
const SELDOM_MS = 20_000;

export class ProgressLine {
  private drawn = Number.NEGATIVE_INFINITY;

  constructor(private readonly terminal: Terminal) {}

  show(text: string): void {
    const now = performance.now();
    if (now - this.drawn < (this.terminal.live ? REDRAW_MS : SELDOM_MS)) return;
    this.drawn = now;
    const line = text.length <= WIDEST ? text : `${text.slice(0, WIDEST - 3)}...`;
    if (this.terminal.live) this.terminal.redraw(line);
    else this.terminal.err(`${text}\n`);
  }

  /** Takes the line away. */
  end(): void {
    this.terminal.redraw();
  }
}
