// SPDX-License-Identifier: GPL-2.0-or-later
import { decodeEvent, encodeEvent, LogError, type LogEvent } from '@specialbit/events';

/**
 * Could a log have the event? A recording can hold any number, or none where one was expected; what is written to a log
 * can be read again.
 */
export function isOfALog(event: LogEvent): boolean {
  try {
    decodeEvent(encodeEvent(event));
    return true;
  } catch (error) {
    if (error instanceof LogError || error instanceof RangeError) return false;
    throw error;
  }
}
