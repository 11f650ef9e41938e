// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * `@specialbit/events/schema`: JSON Schema of logs, made of the codecs, and what their members mean. A part of its own, since only
 * who prints schemas or helps to write logs needs it.
 * @module @specialbit/events/schema
 */

export { codecSchema } from './codec-schema.js';
export { type DescribedRecord, MEMBER_DOCS } from './descriptions.js';
export { DIALECT, type JsonSchema } from './json-schema.js';
export { LOG_SCHEMAS, logSchema } from './log-schemas.js';
