// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What is loaded only when somebody opens a recording, or decodes: the importers, and the words of `specialbit decode`.
 */
export { decode } from './decode.js';
export { read } from './read.js';
