// SPDX-License-Identifier: GPL-2.0-or-later
export { compareLog } from './compare/compare-log.js';
export { ComparedTimeline } from './compare/compared-timeline.js';
export { type ComparedStep, Comparison, type ComparisonOptions } from './compare/comparison.js';
export { type Divergence, PART_KINDS, type Part, type PartKind } from './compare/divergence.js';
export type { NamedLane } from './compare/lane.js';
export { TouchLog } from './compare/touch-log.js';
export { CORE_ERRORS } from './errors.js';
export type { Unmet } from './expect/check.js';
export { type AskedLane, type Judgement, judge, type LaneFinding } from './expect/judge.js';
export { OutcomeRecord } from './expect/outcomes.js';
export {
  describeEntry,
  describeFrame,
  describePte,
  type EntryAt,
  entryAt,
  type FrameView,
  firstPage,
  type PteView,
} from './explain/describe.js';
export { type BitView, explainPte, type PteExplanation } from './explain/explain-pte.js';
export { type Holder, holdersOf } from './explain/holders.js';
export { flagNames, frameLabel, pageFlagNames, placeName } from './explain/names.js';
export {
  DECISIONS,
  type DecisionInfo,
  type DecisionPath,
  decisionPath,
  entryPath,
  type PathStep,
  type Verdict,
} from './explain/path.js';
export { errnoCode, errnoName } from './kernel/base/errno.js';
export { LogReferenceError, type ReferenceKind } from './kernel/base/errors.js';
export { hexAddress, hexLong, hexPte } from './kernel/base/format.js';
export { framePfn } from './kernel/base/frame-ref.js';
export { Kernel, type KernelOptions } from './kernel/base/kernel.js';
export type { KernelFacts } from './kernel/base/mechanism.js';
export { VM_FAULT_ERROR, vmFaultText } from './kernel/base/mm-types.js';
export type { Crash, FollowResult, KernelMessage, Outcome } from './kernel/base/outcome.js';
export { type KernelPart, PARTS, type PartName } from './kernel/base/parts.js';
export { insert_mixed_precondition } from './kernel/driver/insert-mixed.js';
export { insert_pages_precondition } from './kernel/driver/insert-page.js';
export { insert_pfn_precondition } from './kernel/driver/insert-pfn.js';
export { range_none } from './kernel/driver/remap-pfn-range.js';
export { MECHANISMS, type PlayedType } from './kernel/mechanisms/index.js';
export { Decision, decide, decideEntry, vm_normal_page } from './kernel/pte/normal-page.js';
export { REASONS, type ReasonName } from './kernel/reason/index.js';
export type { Reason } from './kernel/reason/reason.js';
export { Allocator } from './machine/allocator.js';
export { defaultContent, defaultMachine, FRAME_RUNS } from './machine/default-machine.js';
export { F, FrameTable, PG } from './machine/frame-table.js';
export { Machine } from './machine/machine.js';
export { type HugeLevel, LEVEL_NAMES, type Level, type LevelName, PMD, PTE, PUD } from './mm/level.js';
export type { ProcessState } from './mm/mm.js';
export { codecOf } from './mm/page-table-layout.js';
export { MM_ANONPAGES, MM_COUNTER_NAMES, MM_FILEPAGES, MM_SHMEMPAGES, MM_SWAPENTS } from './mm/rss.js';
export * as vmFlags from './mm/vm-flags.js';
export { is_cow_mapping, vm_flags_high, vm_flags_wide } from './mm/vm-flags.js';
export type { Mm, TouchRecorder, Vma } from './mm/vma.js';
export { linear_page_index } from './mm/vma.js';
export type { VmaRecord, VmOps } from './mm/vma-record.js';
export { type CommitPolicy, type EventRecorder, Player, type PlayerSettings } from './player.js';
export { API_CHANGES } from './profile/api-changes.js';
export { FEATURES, type FeatureName } from './profile/features.js';
export {
  type ConfigName,
  defineProfile,
  type Profile,
  type ProfileChanges,
  releaseHas,
  withConfig,
} from './profile/profile.js';
export {
  DEFAULT_PROFILE,
  findProfile,
  linux_6_1,
  linux_6_12,
  linux_6_18,
  linux_7_1,
  linux_7_3,
  PROFILES,
  PROVEN_PROFILES,
} from './profile/profiles.js';
export { RELEASES, seriesOf } from './profile/releases/index.js';
export type { Release } from './profile/releases/release.js';
export { compareVersions } from './profile/version.js';
export { applyMore, applyTo, reduce } from './reduce.js';
export { compareStream, type ReplayOptions, type ReplayStep, replay, replaySteps } from './streams.js';
export {
  diffWorlds,
  type FrameChange,
  type PteChange,
  type WorldDiff,
} from './timeline/diff.js';
export type { FigureChange, RssChange } from './timeline/diff-figures.js';
export type { VmaChange } from './timeline/diff-vmas.js';
export { EventError } from './timeline/event-error.js';
export type { EventList } from './timeline/event-list.js';
export type { Change, Target } from './timeline/history.js';
export { type Edit as LogEdit, Timeline, type TimelineMoment, type TimelineStart } from './timeline/timeline.js';
export { type CoarseState, coarseOf } from './world/coarse.js';
export { type CommitOptions, commitWorld } from './world/commit.js';
export { bootKernel, createWorld, kernelOptions, type LaneOptions } from './world/create.js';
export { openWorld } from './world/open.js';
export { emptyWorld, type OpenedState, processesOf, processOf, vmasOf, type World } from './world/world.js';
