// SPDX-License-Identifier: GPL-2.0-or-later
/** One raw value as several architectures read it. */
import type { DecodedLane } from '../protocol.js';

export function decodeValue(_lanes: readonly string[], _value: string): DecodedLane[] {
  return [];
}
