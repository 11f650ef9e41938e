#!/usr/bin/env node
// SPDX-License-Identifier: GPL-2.0-or-later
import { run } from './program.js';
import { processTerminal } from './terminal.js';

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // the reader went away, as `head` does
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
    throw error;
  });
}

process.exitCode = await run(process.argv.slice(2), processTerminal());
