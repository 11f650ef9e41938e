// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Recordings that lie in files: what of reading them needs Node.
 * @module @specialbit/importers/node
 */

export { detectFileFormat } from './detect-file.js';
export { importRecording, importTraces, type RecordingOptions } from './import-files.js';
export { readLineBatches } from './lines.js';
export { LOCAL_FILES } from './local-files.js';
export { openRecording } from './open-recording.js';
export { readLines, readMaps, readPagemap, readSmaps, readTrace } from './read.js';
