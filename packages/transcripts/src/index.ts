export { findArchitecture } from './architectures.js';
export type { BeginRecord, Op, StepRecord, TranscriptHeader } from './format.js';
export { Lab } from './lab.js';
export { labContent, labFiles, labMachine } from './lab-machine.js';
export { type Played, Player } from './play.js';
export { type LineBatch, readLineBatches, readLines, TranscriptError } from './read.js';
export { toEvent } from './script.js';
