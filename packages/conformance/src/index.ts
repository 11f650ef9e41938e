// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Checks of an architecture plugin: laws of its operations, golden vectors, behaviour of the whole model.
 * @module @specialbit/conformance
 */

export { type Scenario, scenarios } from './behaviour/index.js';
export { scenarioLog } from './behaviour/run.js';
export { type CheckOptions, checkArchitecture, type PlannedCheck, planChecks } from './check-architecture.js';
export { VECTOR_ERRORS } from './errors.js';
export { type Check, type CheckGroup, type CheckOutcome, countChecks, type Report } from './report.js';
export { checkVectors, type GoldenVectors, type VectorResult } from './vectors.js';
