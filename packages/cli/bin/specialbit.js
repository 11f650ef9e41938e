#!/usr/bin/env node
// SPDX-License-Identifier: GPL-2.0-or-later
// Stands in the repository so that npm links the command before the first build. Runs the bundle (scripts/bundle.mjs),
// which starts several times as fast as the modules do; in a checkout only while no package was compiled after it.
import { readdirSync, statSync } from 'node:fs';

const changed = (file) => statSync(new URL(file, import.meta.url), { throwIfNoEntry: false })?.mtimeMs ?? 0;
const bundled = changed('../bundle/bin.js');
const compiled = readdirSync(new URL('../../', import.meta.url)).map((name) =>
  changed(`../../${name}/dist/.tsbuildinfo`),
);
await import(compiled.every((when) => when < bundled) ? '../bundle/bin.js' : '../dist/bin.js').catch((error) => {
  if (error?.code !== 'ERR_MODULE_NOT_FOUND' || !String(error.message).includes('bin.js')) throw error;
  process.stderr.write('specialbit: not built yet; run `npm run build` first\n');
  process.exitCode = 2;
});
