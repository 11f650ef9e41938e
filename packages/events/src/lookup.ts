// SPDX-License-Identifier: GPL-2.0-or-later

/**
 * A table that is asked for names which an input has: there is nothing in it but its own rows, and neither a `constructor`
 * nor a `toString` that every object has.
 */
export function lookup<V>(rows: Readonly<Record<string, V>>): Readonly<Record<string, V>> {
  return Object.freeze(Object.assign(Object.create(null) as Record<string, V>, rows));
}
