export { architectures } from './architectures.js';
export { run } from './program.js';
export { processTerminal, type Terminal } from './terminal.js';
