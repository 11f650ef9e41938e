// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * `@specialbit/view/writing`: what helps to write a log, for editors: the words that can stand at a place, what an event did, where
 * a member stands, and what is wrong in a line.
 * @module @specialbit/view/writing
 */

export { type Cursor, cursorIn } from './cursor.js';
export { eventDid } from './did.js';
export { type LineNode, lineNodes, memberRange } from './line-nodes.js';
export { type Problem, problemOf } from './problem.js';
export { type LogWords, logWords, namesFor, settingsAt } from './words.js';
