// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What a screen needs to know of a run, whether it is a terminal or a page, and the words that it shows.
 * @module @specialbit/view
 */

export { type ComparedText, compareLines } from './compare/compare-text.js';
export { divergenceLines, proofLine, SHOW_ALL, type Shown } from './compare/divergence-text.js';
export { foldRuns, numberRuns } from './compare/fold.js';
export { sideBySideLines } from './compare/side-by-side.js';
// what differs between two moments or lanes
export { changeLines, diffSummary, frameChangeText } from './diff/change-lines.js';
export { laneLines } from './diff/lane-lines.js';
export { type LaneRow, laneRows, laneSummary, viewsAt } from './diff/lanes.js';
export { diffMoments, lastChange, type MomentDiff } from './diff/moments.js';
export { stepLines } from './diff/step-text.js';
export { type Touched, TouchListener } from './diff/touched.js';
export { InputError, UsageError, VIEW_ERRORS } from './errors.js';
// lanes that part
export {
  Expectations,
  type FailedExpectation,
  judgementAt,
  judgementLines,
  judgementTexts,
  judgementWord,
} from './expect/expectations.js';
export { checkExpectedNames } from './expect/expected-names.js';
export { type BitClass, type BitField, bitFields } from './explain/bit-field.js';
export type { DecodedEntry } from './explain/bit-text.js';
export { explanationLines } from './explain/explanation-text.js';
export { holderText } from './explain/holder-text.js';
export { skippedText, whyLines } from './explain/outcome-explanation.js';
export { type WalkLevel, walkTo } from './explain/walk.js';
// what the model knows of the kernel's functions
export { factsLines, factsTable } from './facts/facts-text.js';
export { factsNamed, kernelFacts, type NamedFacts, partsOf } from './facts/kernel-facts.js';
// a log and its lanes
export { type KnownFeature, knownFeatures } from './log/known-features.js';
export { laneName } from './log/lane-name.js';
export { LaneNames } from './log/lane-names.js';
export { type LoadedLog, loadedLog, type NumberedEvent, type NumberedEvents } from './log/loaded-log.js';
export { referenceError } from './log/reference.js';
// a moment as a picture
export { dotLines } from './picture/dot.js';
export { mermaidLines } from './picture/mermaid.js';
export { type PanelSource, type Picture, pictureOf } from './picture/picture.js';
export { svgLines } from './picture/svg.js';
// a replay
export { LanePlayer } from './replay/lane-player.js';
export {
  type ReplayedStep,
  replayEndLines,
  replayExpectationLines,
  replayHeadLines,
  replayStepLines,
} from './replay/replay-text.js';
// one thing in words
export { CELL_KINDS, type CellKind, type CellKindInfo, cellKind } from './show/cell-kind.js';
export { eventText } from './show/event-text.js';
export { type MapcountLane, mapcountLines } from './show/mapcount-text.js';
export { outcomeNotes, returnText } from './show/outcome-text.js';
export { frameText, frameWords, hex, pteBits, pteText, reasonWord, verdictWord } from './show/pte-text.js';
export { vmaFlags, vmaLetters, vmaRange } from './show/vma-text.js';
export { worldLines } from './show/world-text.js';
export { framesDigest, framesOf, type HeldFrame, type WorldView, worldView } from './show/world-view.js';
// stepping through a log
export { type ComparisonStop, Divergences, type OnStep } from './step/divergences.js';
export type { Key } from './step/key.js';
export {
  advance,
  type Blame,
  initialState,
  momentOf,
  type Prompt,
  type Source,
  type State,
  update,
} from './step/model.js';
export { bitRange } from './text/bit-range.js';
export { type Colors, type Painted, PLAIN_COLORS } from './text/colors.js';
export { count, MAIL_WIDTH, padEnd, table, width, wrap } from './text/table.js';
// moments, and questions about them
export { type Blamed, blamed, blameLines } from './time/blame-text.js';
export { CONDITION_FORMS, parseCondition } from './time/condition.js';
export { type HolderSince, holdersSince } from './time/holders-since.js';
export { LaneHistory, type Moment, type Returned } from './time/lane-history.js';
export { compareStep, namedLanes } from './time/named-lanes.js';
export { lastMapped, openingMoment } from './time/opening.js';
export { type Condition, search } from './time/search.js';
export { type Probe, parseSubject, resolveSubject, type Subject } from './time/subject.js';
export { searchTouching } from './time/touching.js';
export { type Change, changeSteps, changesOf } from './time/watch.js';
