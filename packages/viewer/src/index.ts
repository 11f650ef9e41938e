// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Links to the page, read and made without a browser. The page itself is what the build puts into `dist/page`.
 * @module @specialbit/viewer
 */

export { toBase85 } from './share/base85.js';
export { decodeLink, encodeLink, LINK_VERSION } from './share/link.js';
export type { SeenOnKernel } from './share/seen.js';
export { DECODED_ON, EMPTY, PLAIN, type Switches, type ViewState } from './share/view-state.js';
