// SPDX-License-Identifier: GPL-2.0-or-later
/** strace's times as seconds that only grow: -t counts from midnight, -r from the call before. */

const DAY = 86_400;

export class Clock {
  private days = 0;
  private last = 0;
  /** Times are since the call before: the first of them is 0. */
  private relative: boolean | undefined;
  private sum = 0;

  /** `clock`: `10:56:39.125823`; `seconds`: of -ttt or -r. Undefined where the line has no time. */
  read(clock: string | undefined, seconds: string | undefined): number | undefined {
    if (clock !== undefined) {
      const [hours, minutes, rest] = clock.replace(',', '.').split(':').map(Number);
      const now = hours! * 3600 + minutes! * 60 + rest!;
      // past midnight; lines of several threads are hardly ever out of order by hours
      if (now + this.days < this.last - DAY / 2) this.days += DAY;
      this.last = now + this.days;
      return this.last;
    }
    if (seconds === undefined) return undefined;
    const value = Number(seconds);
    this.relative ??= value === 0;
    if (!this.relative) return value;
    this.sum += value;
    return this.sum;
  }
}
