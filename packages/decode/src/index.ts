// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What was pasted out of a kernel, a debugger or a recording: explained, or made into a log.
 * @module @specialbit/decode
 */

export { decodeText, valuesIn } from './decode.js';
export type { Decoded } from './decoded.js';
export { decodeEntry, ENTRY_LEVELS, type EntryView, entryLines, type Level, parseHex, summary } from './entry.js';
export {
  type ImportRequest,
  importOptions,
  importSources,
  noRecording,
  type RecordedSource,
} from './import-sources.js';
export { importSummary } from './import-summary.js';
export { profileOf } from './kernel-of.js';
export type { Known } from './known.js';
export type { DecodeOptions, Input } from './options.js';
export { decodeReports, needReports, reportsIn } from './reports.js';
export { readState } from './state.js';
