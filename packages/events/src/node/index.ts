// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Logs in files and streams, compressed or not, and the cache of those that were read.
 * @module @specialbit/events/node
 */

export { type OpenedLog, openLogCached } from './cache/open-log-cached.js';
export { isWithin } from './is-within.js';
export { type LineBatch, type LineOptions, readLineBatches } from './line-batches.js';
export { log$ } from './log-observable.js';
export { makeFolders } from './make-folders.js';
export { loadLog, readLogBatches } from './read-log.js';
export type { LogSource } from './source.js';
export { writeLog } from './write-log.js';
