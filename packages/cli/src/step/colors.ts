import type { Terminal } from '../terminal.js';

/** Colours for the screen; the identity where it takes none. */
export type Colors = Terminal['color'];
