#!/usr/bin/env node
// SPDX-License-Identifier: GPL-2.0-or-later
// Says in one line that a Node.js is too old; so it is written for old ones, which fail at the first word that they do not
// know: nothing is imported before, and there is no syntax newer than import(). Then runs the bundle (scripts/bundle.mjs),
// which starts several times as fast as the modules do; in a checkout only while no package was compiled after it. Stands
// in the repository so that npm links the command before the first build.
(() => {
  // as `engines` in package.json has it, which a test compares
  const major = 20;
  const minor = 19;
  const here = process.versions.node.split('.').map(Number);
  if (here[0] < major || (here[0] === major && here[1] < minor)) {
    const line = `needs Node.js ${major}.${minor} or newer, and ${process.execPath} is ${process.version}`;
    process.stderr.write(`specialbit: ${line} [usage.node]\n`);
    process.exitCode = 2;
    return;
  }
  import('node:fs')
    .then(({ existsSync, readdirSync, statSync }) => {
      const place = (file) => new URL(file, import.meta.url);
      const changed = (file) => (existsSync(place(file)) ? statSync(place(file)).mtimeMs : 0);
      // where the sources are not, nothing can have been compiled after it was bundled
      if (!existsSync(place('../src'))) return import('../bundle/bin.js');
      const bundled = changed('../bundle/bin.js');
      const stale = (name) => changed(`../../${name}/dist/.tsbuildinfo`) >= bundled;
      return import(readdirSync(place('../../')).some(stale) ? '../dist/bin.js' : '../bundle/bin.js');
    })
    .catch((error) => {
      if (error.code !== 'ERR_MODULE_NOT_FOUND' || !String(error.message).includes('bin.js')) throw error;
      process.stderr.write('specialbit: not built yet; run `npm run build` first\n');
      process.exitCode = 2;
    });
})();
