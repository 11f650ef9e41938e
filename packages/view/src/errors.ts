// SPDX-License-Identifier: GPL-2.0-or-later
/** What a view cannot do for its user; `message` is one line to show. */

/** What the user asked for cannot be meant: a condition, a name, a number. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Something in an input that cannot be read; `message` begins with the file. */
export class InputError extends Error {
  override readonly name = 'InputError';
}
