// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * All that this package asks of its host beyond ECMAScript: pages, workers and Node have it alike (WHATWG Encoding).
 * Declared here, because the library files that declare it (DOM, @types/node) would declare everything else as well.
 */
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(input: Uint8Array): string;
}
declare class TextEncoder {
  encode(input: string): Uint8Array;
}
