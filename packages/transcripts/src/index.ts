// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Transcripts of real kernels, as logs and as a check of the model.
 * @module @specialbit/transcripts
 */

export { findArchitecture } from '@specialbit/core/arch';
export type { DumpCounts } from './dump.js';
export { TRANSCRIPT_ERRORS, TranscriptError } from './errors.js';
export type { Op, StepRecord, TranscriptHeader } from './format.js';
export { labFiles, labMachine } from './lab-machine.js';
export { Death, type Played, Player } from './play.js';
export { toEvent } from './script.js';
export { findOps } from './scripts.js';
export { type AskedStep, type StrippedLine, Stripper } from './strip.js';
export { labelsOf } from './thp-pages.js';
export { splitLabel } from './thp-runs.js';
