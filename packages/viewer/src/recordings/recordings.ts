// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What is loaded only when somebody opens a recording, decodes, copies a view as text or takes a picture: the importers,
 * and the words of the command.
 */

export { decode } from './decode.js';
export { picture } from './picture.js';
export { read } from './read.js';
export { twin } from './twin.js';
