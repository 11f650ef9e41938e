// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Which call a driver maps its memory with: every way is played for every need on every lane, and what comes of it is
 * read off the model.
 * @module @specialbit/advice
 */

export { type Advice, advise, type Claim, type Judged, needVerdict, type Question } from './advise.js';
export { type Against, against } from './against.js';
export { type ClaimGroup, claimOf, headerOf, type StageClaim } from './claim.js';
export { DRIVERS, type Driver, type DriversWay } from './drivers.js';
export { ADVICE_ERRORS, AdviceError } from './errors.js';
export { event, type Line, must, want } from './line.js';
export { MEMORY_FORMS, type Memory, memoryNamed } from './memory.js';
export { NEEDS, type Need, needsNamed } from './needs.js';
export { recommendedCode, type SkeletonOptions, skeleton } from './skeleton.js';
export type { Json, Stage } from './stage.js';
export {
  type AdviceText,
  adviceLines,
  ownText,
  questionText,
  recommendation,
  verdictText,
  wayText,
  whyText,
} from './text.js';
export { Starts } from './trial.js';
export { isHarmful, type Verdict, type VerdictKind } from './verdict.js';
export { type Hook, WAYS, type Way } from './ways.js';
