// SPDX-License-Identifier: GPL-2.0-or-later
/** A progress bar on a terminal's standard error: one line, drawn over. */
import { count } from '@specialbit/view';
import type { Terminal } from '../terminal.js';
import type { PoolProgress } from './pool.js';

const CELLS = 30;
const REDRAW_MS = 100;

export class ProgressBar {
  private readonly started = performance.now();
  private drawn = 0;
  private shown = false;

  constructor(private readonly terminal: Terminal) {}

  update({ steps, share }: PoolProgress): void {
    if (!this.terminal.live) return;
    const now = performance.now();
    if (now - this.drawn < REDRAW_MS) return;
    this.drawn = now;
    this.shown = true;
    const full = Math.round(Math.min(1, share) * CELLS);
    const bar = this.terminal.errColor.green('█'.repeat(full)) + '░'.repeat(CELLS - full);
    const rate = Math.round((steps / (now - this.started)) * 1000);
    const percent = String(Math.floor(Math.min(1, share) * 100)).padStart(3);
    this.terminal.redraw(`${bar} ${percent} %  ${count(steps)} steps, ${count(rate)}/s`);
  }

  /** Takes the bar away. */
  end(): void {
    if (this.shown) this.terminal.redraw();
  }
}
