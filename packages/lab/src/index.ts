// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Real kernels: built with a laboratory driver, booted under QEMU, and asked what a log does.
 * @module @specialbit/lab
 */

export { Attendance } from './attendance.js';
export { type RunOptions, type RunResult, runScript } from './boot.js';
export { type BuildOptions, type BuiltKernel, buildKernel, builtKernels } from './build.js';
export { cacheFolder, clearCache } from './cache.js';
export {
  type CheckedFunction,
  type Citation,
  type Cited,
  type CitedCommit,
  checkTree,
  type KnownFunctions,
  learn,
  type Standing,
  type TreeCheck,
} from './check/check-tree.js';
export { type Definition, type Definitions, findDefinitions } from './check/definitions.js';
export { type Diagnosis, diagnose, type Finding, thisPlace } from './doctor.js';
export { LAB_ERRORS, LabError } from './errors.js';
export { randomScenario } from './fuzz/generate.js';
export { Random } from './fuzz/random.js';
export { type Ask, shrinkScenario } from './fuzz/shrink.js';
export { type KernelTree, readTree } from './kernel-tree.js';
export { findMachine, MACHINES, type Machine } from './machines.js';
export { type Proof, type ProofRecord, proofLines, scriptOf, splitProofs } from './proof.js';
export type { Death } from './records.js';
export type { TriedBoot } from './reproduce/judge-console.js';
export type { ReproLane } from './reproduce/plan.js';
export type { LeftOut } from './reproduce/readme.js';
export { type Reproducer, reproduce } from './reproduce/reproduce.js';
export { type TryOptions, tryReproducers } from './reproduce/try.js';
export {
  type CompiledLog,
  compileLog,
  hasHugePages,
  type Inexpressible,
  type ScriptLine,
} from './script/compile-log.js';
export type { LogItem } from './script/play-log.js';
export { runSession, type SessionOptions, type SessionResult } from './session/session.js';
