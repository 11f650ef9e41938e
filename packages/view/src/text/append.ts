// SPDX-License-Identifier: GPL-2.0-or-later
/** A list as long as a log makes it is no list of arguments: the stack has room for some 100,000. */

export function append<T>(to: T[], more: Iterable<T>): void {
  for (const one of more) to.push(one);
}

/** The greatest of them, 0 for none. */
export function greatest(numbers: Iterable<number>): number {
  let most = 0;
  for (const one of numbers) if (one > most) most = one;
  return most;
}
