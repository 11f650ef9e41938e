// SPDX-License-Identifier: GPL-2.0-or-later
/** What the browser's Back leads to: where somebody jumped from, or where a run of steps, or of edits, began. */

/** `step`: one of many, a key or the slider; `edit`: a keystroke; `jump`: a place of its own. */
export type Way = 'jump' | 'step' | 'edit';

/** Milliseconds without a step, or an edit, after which the next one begins a run of its own. */
const REST = 1500;

export class Journey {
  private own = false;
  private last: Way = 'jump';
  private at = Number.NEGATIVE_INFINITY;

  /** Somebody went somewhere. `now` in milliseconds. */
  go(way: Way, now: number): void {
    if (way === 'jump' || way !== this.last || now - this.at > REST) this.own = true;
    this.last = way;
    this.at = now;
  }

  /** Whether what is seen now gets an entry of its own in the browser's history; asked once for each. */
  take(): boolean {
    const { own } = this;
    this.own = false;
    return own;
  }
}
