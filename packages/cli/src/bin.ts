#!/usr/bin/env node
// SPDX-License-Identifier: GPL-2.0-or-later
import { EXIT } from './exit.js';
import { run } from './program.js';
import { processTerminal } from './terminal.js';

// What waits for something that will never come ends the process without a word of its own.
let settled = false;
/** As shells report it: 128 and the signal's number. */
const BY_SIGNAL = 128;
process.once('exit', (code) => {
  // ended by a signal, after what it had started was ended
  if (settled || code > BY_SIGNAL) return;
  process.stderr.write('specialbit: internal error: ended before the command was done [internal]\n');
  process.exitCode = EXIT.unusable;
});

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // the reader went away, as `head` does
    if (error.code === 'EPIPE') {
      settled = true;
      process.exit(process.exitCode ?? 0);
    }
    throw error;
  });
}

process.exitCode = await run(process.argv.slice(2), processTerminal());
settled = true;
