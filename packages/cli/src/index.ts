// SPDX-License-Identifier: GPL-2.0-or-later
export { architectures } from './architectures.js';
export { run } from './program.js';
export { processTerminal, type Terminal } from './terminal.js';
