#!/usr/bin/env node
// SPDX-License-Identifier: GPL-2.0-or-later
// Stands in the repository so that npm links the command before the first build.
await import('../dist/bin.js').catch((error) => {
  if (error?.code !== 'ERR_MODULE_NOT_FOUND' || !String(error.message).includes('bin.js')) throw error;
  process.stderr.write('specialbit: not built yet; run `npm run build` first\n');
  process.exitCode = 2;
});
