// SPDX-License-Identifier: GPL-2.0-or-later
/** Nothing is published that needs, however far down, what its licence forbids to be bundled. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fits, manifestIn, published, root, runtimeDependencies } from './packages.testkit.js';

describe.each(published())('%s', (name) => {
  const folder = join(root, name);

  it('says its own licence', () => {
    expect(manifestIn(folder).license).toBe('GPL-2.0-or-later');
  });

  it('needs only what fits', () => {
    const wrong = [...runtimeDependencies(folder).values()].filter(
      ({ manifest }) => !fits(manifest.name, manifest.license, name),
    );
    expect(wrong.map(({ way, manifest }) => `${way}: ${manifest.license ?? 'no licence'}`)).toEqual([]);
  });
});

it('what only the queue may need, nothing else has', () => {
  expect(fits('denque', 'Apache-2.0')).toBe(false);
  for (const name of published().filter((one) => one !== 'packages/queue')) {
    const names = [...runtimeDependencies(join(root, name)).values()].map(({ manifest }) => manifest.name);
    expect(names).not.toContain('denque');
  }
});

it('the list reaches what others need', () => {
  const names = [...runtimeDependencies(join(root, 'packages/conformance')).keys()].map((key) =>
    key.replace(/@[^@]*$/, ''),
  );
  expect(names).toEqual(expect.arrayContaining(['@specialbit/events', 'rxjs', 'tslib', 'pure-rand']));
});

it.each([
  ['a', 'MIT', true],
  ['a', '(MIT OR GPL-3.0-only)', true],
  ['a', 'MIT AND ISC', true],
  ['a', 'MIT AND CC-BY-4.0', false],
  ['a', 'Apache-2.0', false],
  ['rxjs', 'Apache-2.0', true],
  ['a', 'GPL-2.0-only', false],
  ['a', 'SEE LICENSE IN LICENSE', false],
  ['a', undefined, false],
])('%s under %s: %s', (name, license, expected) => {
  expect(fits(name, license)).toBe(expected);
});
