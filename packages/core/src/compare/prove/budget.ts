// SPDX-License-Identifier: GPL-2.0-or-later
/** How much may be tried to find causes. */

/** A fork costs about as much as so many events. */
const FORK = 20;

/** Thrown inside a comparison only, which then says what was not tried. */
export class BudgetSpent extends Error {}

export class Budget {
  /** `left`: events that may be played. */
  constructor(private left: number) {}

  event(): void {
    this.take(1);
  }

  fork(): void {
    this.take(FORK);
  }

  get spent(): boolean {
    return this.left <= 0;
  }

  private take(events: number): void {
    if (this.left <= 0) throw new BudgetSpent('too much was tried');
    this.left -= events;
  }
}
