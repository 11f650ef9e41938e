// SPDX-License-Identifier: GPL-2.0-or-later
import { concatMap, defer, from, type Observable } from 'rxjs';
import type { LogItem, ReadOptions } from '../read/item.js';
import { readLogBatches } from './read-log.js';
import type { LogSource } from './source.js';

/**
 * The items of a log as a stream. A chunk is read only when the subscriber has returned from the last
 * item of the one before, so that a slow subscriber slows the reading; unsubscribing closes the file.
 * Every subscription to a path reads it anew. Errors are LogErrors.
 */
export function log$(source: LogSource, options: ReadOptions = {}): Observable<LogItem> {
  return defer(() => from(readLogBatches(source, options))).pipe(concatMap((batch) => batch));
}
