// SPDX-License-Identifier: GPL-2.0-or-later
/** What the package.json of every workspace says, for who finds it in a registry and for npm: of all workspaces, as they come. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Manifest, manifestIn, published, root } from './packages.testkit.js';

const REPOSITORY = 'https://github.com/specialbit/specialbit';
const { workspaces, version, engines } = manifestIn(root) as Manifest & { readonly workspaces: readonly string[] };
const manifests = new Map(workspaces.map((folder) => [folder, manifestIn(join(root, folder))]));
const ours = new Map([...manifests.values()].map((manifest) => [manifest.name, manifest]));

describe.each(published())('%s', (folder) => {
  const manifest = manifests.get(folder)!;

  it('says what it is, and where it comes from', () => {
    expect(manifest.name).toMatch(/^@specialbit\/[a-z0-9-]+$/);
    expect(manifest.description).toMatch(/^.{20,120}$/);
    expect(manifest.repository).toEqual({ type: 'git', url: `git+${REPOSITORY}.git`, directory: folder });
    expect(manifest.homepage).toBe(`${REPOSITORY}/tree/main/${folder}#readme`);
    expect(manifest.bugs).toEqual({ url: `${REPOSITORY}/issues` });
  });

  it('is published for everybody, with its provenance', () => {
    expect(manifest.publishConfig).toEqual({ access: 'public', provenance: true });
    expect(manifest.engines).toEqual(engines);
    expect(manifest.files).toBeDefined();
    expect(existsSync(join(root, folder, 'README.md'))).toBe(true);
  });

  it('gives types with all that can be imported', () => {
    const modules = Object.entries(manifest.exports ?? {}).filter(([, target]) => typeof target !== 'string');
    for (const [subpath, target] of modules) {
      expect([subpath, Object.keys(target)]).toEqual([subpath, ['types', 'default']]);
    }
    expect(manifest.exports).toBeDefined();
  });

  it('needs packages of ours that are published, in the version of the release', () => {
    const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = manifest;
    const needed = { ...dependencies, ...optionalDependencies, ...peerDependencies };
    const wrong = Object.entries(needed).filter(([name, range]) => {
      const own = ours.get(name);
      if (own === undefined)
        return name.startsWith('@specialbit/') || /^(file|link|workspace|git|https?):|\*/.test(range);
      // who has one beside it may have a newer one: else each release would be a major one
      const wanted = peerDependencies?.[name] === undefined ? version : `>=${version}`;
      return own.private === true || range !== wanted;
    });
    expect(wrong).toEqual([]);
    for (const name of Object.keys(peerDependenciesMeta ?? {})) expect(peerDependencies).toHaveProperty([name]);
  });
});

it('all workspaces have one version, and those that are not published say so', () => {
  for (const manifest of manifests.values())
    expect([manifest.name, manifest.version]).toEqual([manifest.name, version]);
  const hidden = [...manifests.values()].filter((one) => one.private === true).map(({ name }) => name);
  expect(hidden).toEqual(expect.arrayContaining(['@specialbit/test']));
  expect(manifestIn(root).private).toBe(true);
});

it('the command needs no package: what it runs on is in its bundle, so that npx fetches one file', () => {
  const { dependencies, optionalDependencies } = manifests.get('packages/cli')!;
  expect(Object.keys(dependencies ?? {})).toEqual([]);
  // files without dependencies of their own
  for (const name of Object.keys(optionalDependencies ?? {})) expect(ours.get(name)!.dependencies ?? {}).toEqual({});
});

it('what tells an old Node.js that it is too old knows what the packages need', () => {
  const start = readFileSync(join(root, 'packages/cli/bin/specialbit.js'), 'utf8');
  const [, major, minor] = /const major = (\d+);\s+const minor = (\d+);/.exec(start)!;
  expect(engines).toEqual({ node: `>=${major}.${minor}` });
});
