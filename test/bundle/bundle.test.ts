// SPDX-License-Identifier: GPL-2.0-or-later
/** The packages that need nothing of Node, as a page has them: bundled for a browser, and run without Node's globals. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bundleOf, entryPoints, purePackages, runInPage } from './bundle.testkit.js';
import { run } from './replay.testkit.js';

const example = readFileSync(new URL('../../examples/s13-cow-linear-rule.jsonl', import.meta.url), 'utf8');

it('the packages that a page uses say that they are pure', () => {
  const wanted = ['arch-nospecial', 'arch-special', 'arch-x86', 'core', 'decode', 'events', 'importers', 'view'];
  expect(purePackages()).toEqual(expect.arrayContaining(wanted));
  const pure = JSON.parse(readFileSync(new URL('../../tsconfig.pure.json', import.meta.url), 'utf8')) as unknown;
  expect(pure).toEqual({ extends: './tsconfig.base.json', compilerOptions: { types: [] } });
});

describe.each(purePackages().flatMap(entryPoints))('%s', (specifier) => {
  it('imports no module of Node', async () => {
    const { ofNode, inputs } = await bundleOf(`export * from '${specifier}';`);
    expect(inputs.length).toBeGreaterThan(1);
    expect(ofNode).toEqual([]);
  });
});

it('what needs Node is seen to', async () => {
  const { ofNode } = await bundleOf("export * from '@specialbit/events/node';");
  expect(ofNode.some((line) => line.endsWith('imports node:fs'))).toBe(true);
  const { code } = await bundleOf('export const run = () => process.version;');
  expect(() => runInPage(code, '')).toThrow('process is not defined');
});

describe('core, events, view and x86 in a page', () => {
  const entry = "export { run } from './bundle/replay.testkit.js';";

  it('replay an example as they do here', async () => {
    const { code, ofNode } = await bundleOf(entry, true);
    expect(ofNode).toEqual([]);
    const here = run(example);
    expect(JSON.parse(here)).toMatchObject({ returned: ['0x7ffff7ffd000', '0', '0', '0', '0', null, null, null, null] });
    expect(runInPage(code, example)).toBe(here);
  });

  it('say what is wrong with a log', async () => {
    const { code } = await bundleOf(entry);
    expect(() => runInPage(code, '{"specialbit":1}\n{"type":"exti"}\n')).toThrow(
      '<log>:2: type: expected the type of an event (did you mean "exit"?), found "exti"',
    );
  });

  it('are small', async () => {
    const { bytes, gzipped } = await bundleOf(
      "export { parseLog } from '@specialbit/events'; export { reduce, createWorld } from '@specialbit/core'; export { x86_64 } from '@specialbit/arch-x86';",
      true,
    );
    console.log(`core, events and x86_64, minified: ${bytes} bytes, ${gzipped} as gzip`);
    expect(bytes).toBeLessThan(490_000);
    expect(gzipped).toBeLessThan(149_000);
  });
});
