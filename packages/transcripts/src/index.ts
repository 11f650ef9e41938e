// SPDX-License-Identifier: GPL-2.0-or-later
export { findArchitecture } from './architectures.js';
export type { DumpCounts } from './dump.js';
export { TRANSCRIPT_ERRORS, TranscriptError } from './errors.js';
export type { BeginRecord, Op, StepRecord, TranscriptHeader } from './format.js';
export { Lab } from './lab.js';
export { labFiles, labMachine } from './lab-machine.js';
export { type Apart, Death, type Played, Player } from './play.js';
export { toEvent } from './script.js';
export { type FoundOp, findOps, type WantedOp } from './scripts.js';
