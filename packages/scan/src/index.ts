// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Reads C sources of drivers: what their mappings are, what works on them, and what goes wrong.
 * @module @specialbit/scan
 */
export { type CParser, cParser } from './c/parser.js';
export { type Archetype, archetypesOf, type OnFault, type Understood } from './driver/archetype.js';
export type { Place } from './driver/steps.js';
export { Judge, type LanesOf } from './findings/judge.js';
export type { Finding, Rule, Severity } from './findings/rule.js';
export { RULES } from './findings/rules.js';
export type { Works } from './model/works.js';
export { type LeftOut, Reader, type Scan, type ScannedMapping, type Source } from './scan.js';
