// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The command, for programs that run it in their own process.
 * @module @specialbit/cli
 */

export { run } from './program.js';
export { processTerminal, type Terminal } from './terminal.js';
