// SPDX-License-Identifier: GPL-2.0-or-later

/** `make()` when it is first asked for, the same value from then on. An exception is not kept. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
