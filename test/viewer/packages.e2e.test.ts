// SPDX-License-Identifier: GPL-2.0-or-later
/** core, events, all architectures, view, importers, decode and the viewer's links: one bundle that runs in a browser as it runs here. */
import { expect, it } from 'vitest';
import { bundleOf } from '../bundle/bundle.testkit.js';
import { hasBrowser, launch, NEEDS } from './browser.testkit.js';
import { run } from './recorded.testkit.js';

const TRACE = `7 1.000001 mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x70000000
7 1.000002 madvise(0x70000000, 8192, MADV_POPULATE_WRITE) = 0
7 1.000003 munmap(0x70000000, 4096) = 0
`;

it.skipIf(!hasBrowser)(`the packages in a browser${NEEDS}`, async () => {
  const { code, ofNode } = await bundleOf("export { run } from './viewer/recorded.testkit.js';");
  expect(ofNode).toEqual([]);
  const here = await run(TRACE);
  const { same, states, decoded } = JSON.parse(here) as { same: boolean; states: unknown[]; decoded: unknown[] };
  expect(same).toBe(true);
  expect(states.length).toBeGreaterThan(60);
  expect(decoded.length).toBe(states.length);
  const browser = await launch();
  try {
    const page = await browser.newPage();
    expect(await page.evaluate(`${code}\npage.run(${JSON.stringify(TRACE)})`)).toBe(here);
  } finally {
    await browser.close();
  }
});
