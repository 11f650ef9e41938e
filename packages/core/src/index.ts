// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Worlds, their timelines, comparisons and explanations: what a program that uses the model needs. What a running
 * kernel is made of is in `@specialbit/core/kernel`, the contract of architectures in `@specialbit/core/arch`.
 * @module @specialbit/core
 */

export { type Bisection, bisect } from './compare/bisect.js';
export { compareLog } from './compare/compare-log.js';
export { type AlignedEvents, compareLogs, type LogComparison, type LogDivergence } from './compare/compare-logs.js';
export { ComparedTimeline } from './compare/compared-timeline.js';
export { type ComparedStep, Comparison } from './compare/comparison.js';
export type { Divergence, ExchangedTrait, Part, ProvedCause } from './compare/divergence.js';
export { tellingValues } from './compare/headline.js';
export type { NamedLane } from './compare/lane.js';
export type { LanePair } from './compare/prove/trait.js';
export { exchangedLanes } from './compare/prove/traits.js';
export { CORE_ERRORS } from './errors.js';
export { type AskedLane, type Judgement, judge, type LaneFinding } from './expect/judge.js';
export { OutcomeRecord } from './expect/outcomes.js';
export type { FrameView, PteView } from './explain/describe.js';
export { type EntryView, entriesOf } from './explain/entries.js';
export {
  explainOutcome,
  type FlagChangeView,
  type MergeView,
  type OutcomeExplanation,
  type RangeView,
  type ReasonView,
  reasonView,
} from './explain/explain-outcome.js';
export { type BitView, explainPte, type PteExplanation } from './explain/explain-pte.js';
export type { Holder } from './explain/holders.js';
export { flagNames, pageFlagNames } from './explain/names.js';
export { DECISIONS, type DecisionPath } from './explain/path.js';
export { dependent, type Footprint, footprint } from './footprint.js';
export { errnoName } from './kernel/base/errno.js';
export { LogReferenceError } from './kernel/base/errors.js';
export { hexAddress, hexLong, hexPte } from './kernel/base/format.js';
export type { KernelFacts, KernelOrigin, LaterOrigin } from './kernel/base/mechanism.js';
export { vmFaultText } from './kernel/base/mm-types.js';
export type { Crash, FlagChange, KernelMessage, Merge, Outcome } from './kernel/base/outcome.js';
export { PARTS } from './kernel/base/parts.js';
export { MECHANISMS } from './kernel/mechanisms/facts.js';
export { Decision } from './kernel/pte/normal-page.js';
export { INSERTER_REASONS, REASONS, type ReasonName } from './kernel/reason/index.js';
export type { Reason } from './kernel/reason/reason.js';
export { defaultContent, defaultMachine } from './machine/default-machine.js';
export { LEVEL_NAMES, type Level, type LevelName } from './mm/level.js';
export { MM_COUNTER_NAMES } from './mm/rss.js';
export { Player } from './player.js';
export { API_CHANGES } from './profile/api-changes.js';
export { FEATURES } from './profile/features.js';
export { formOn, type Later, type NamedKernel, namedKernel } from './profile/form-on.js';
export {
  CONFIG_NAMES,
  defineProfile,
  isConfigName,
  type Profile,
  releaseHas,
  withConfig,
  withFeature,
} from './profile/profile.js';
export {
  DEFAULT_PROFILE,
  findProfile,
  linux_6_1,
  linux_6_12,
  linux_6_18,
  PROFILES,
  PROVEN_PROFILES,
} from './profile/profiles.js';
export { RELEASES, seriesOf } from './profile/releases/index.js';
export { reduce } from './reduce.js';
export { laneOf, type Run, run } from './run.js';
export { compareStream, type ReplayStep, replay } from './streams.js';
export { diffWorlds, type FrameChange, type PteChange, type WorldDiff } from './timeline/diff.js';
export type { FigureChange } from './timeline/diff-figures.js';
export type { VmaChange } from './timeline/diff-vmas.js';
export { EventError } from './timeline/event-error.js';
export type { EventList } from './timeline/event-list.js';
export type { Target } from './timeline/history.js';
export { Timeline, type TimelineMoment, type TimelineSettings } from './timeline/timeline.js';
export { coarseOf } from './world/coarse.js';
export { createWorld, kernelOptions, type LaneOptions } from './world/create.js';
export { emptyWorld, processOf, type World } from './world/world.js';
export { worldKey } from './world/world-key.js';
