// SPDX-License-Identifier: GPL-2.0-or-later
import type { Terminal } from '../terminal.js';

/** Colours for the screen; the identity where it takes none. */
export type Colors = Terminal['color'];
