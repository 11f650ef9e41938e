// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The model finds things instead of only replaying them: the shortest log that does something, and the smallest form
 * of a long one.
 * @module @specialbit/search
 */

export { type Alphabet, type AlphabetOptions, alphabet, SEARCH_FILES, searchHeader } from './alphabet.js';
export { COVER, everyWay } from './cover.js';
export { SEARCH_ERRORS, SearchError } from './errors.js';
export { GOAL_FORMS, type Goal, goalNamed } from './goal.js';
export type { End, ScheduledStep } from './interleave/ends.js';
export { type Interleaved, type InterleaveOptions, interleave } from './interleave/interleave.js';
export type { NumberedStep } from './interleave/threads.js';
export type { DriverReferences } from './invariants/account.js';
export {
  type BrokenInvariant,
  brokenInvariants,
  INVARIANT_NAMES,
  INVARIANTS,
  type InvariantName,
  type InvariantOptions,
} from './invariants/invariants.js';
export { causeOf, type Kept, keepCause, keepGoal, type PartingCause, type PartingEvent, partings } from './kept.js';
export { type Finding, type Found, type Progress, type SearchOptions, search } from './search.js';
export { type ShrinkOptions, type ShrinkProgress, type Shrunk, shrink } from './shrink.js';
export { compareText, digest, type Entry } from './sweep/corpus.js';
export type { SweepSettings } from './sweep/settings.js';
export { jobsOf } from './sweep/settings.js';
export { isWitness } from './sweep/shown.js';
export { SweepState } from './sweep/state.js';
export { formatState, isSettings, parseState } from './sweep/state-file.js';
export { finish, type SweepExecutor, type SweepPlan, type SweepTask, sweep, type TaskResult } from './sweep/sweep.js';
export { type JobResult, type KnownLog, RUN_LANES, Sweeper, type Witness } from './sweep/sweeper.js';
