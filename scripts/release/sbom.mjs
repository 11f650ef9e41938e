// SPDX-License-Identifier: GPL-2.0-or-later
/** What a release is made of, as CycloneDX: our packages, and what of others is in their bundles or is installed with them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { published, root } from './packages.mjs';

const purl = (name, version) => `pkg:npm/${name.replace('@', '%40')}@${version}`;
const licences = (license) => (/[ (]/.test(license) ? [{ expression: license }] : [{ license: { id: license } }]);

/** The document as text. `released`: the day. */
export function sbomOf({ version, released }) {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const components = new Map();
  const add = (name, own, license, bundled) => {
    const ref = purl(name, own);
    const properties = bundled.map((by) => ({ name: 'specialbit:bundled-in', value: by }));
    components.set(ref, {
      type: 'library',
      'bom-ref': ref,
      name,
      version: own,
      purl: ref,
      licenses: licences(license),
      properties,
    });
  };
  const dependencies = new Map();
  for (const { manifest } of published()) {
    add(manifest.name, manifest.version, manifest.license, []);
    const needed = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
    dependencies.set(purl(manifest.name, manifest.version), needed);
  }
  for (const [by, file] of [
    ['@specialbit/cli', 'packages/cli/bundle/components.json'],
    ['@specialbit/page', 'packages/viewer/dist/components.json'],
  ]) {
    for (const { name, version: own, license } of JSON.parse(readFileSync(join(root, file), 'utf8'))) {
      const before = components.get(purl(name, own))?.properties.map(({ value }) => value) ?? [];
      add(name, own, license, [...before, by]);
    }
  }
  // what is installed beside packages that are no bundles: all that the lock file has of them
  const queue = [...new Set([...dependencies.values()].flat())];
  const seen = new Set();
  for (const name of queue) {
    const entry = packages[`node_modules/${name}`];
    if (seen.has(name) || entry === undefined || entry.link === true) continue;
    seen.add(name);
    const before = components.get(purl(name, entry.version))?.properties.map(({ value }) => value) ?? [];
    add(name, entry.version, entry.license ?? 'NOASSERTION', before);
    const needed = Object.keys({ ...entry.dependencies, ...entry.optionalDependencies });
    dependencies.set(purl(name, entry.version), needed);
    queue.push(...needed);
  }
  const byName = new Map([...components.values()].map((one) => [one.name, one['bom-ref']]));
  const document = {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: {
      timestamp: `${released}T00:00:00Z`,
      component: {
        type: 'application',
        'bom-ref': 'specialbit',
        name: 'specialbit',
        version,
        licenses: licences('GPL-2.0-or-later'),
      },
    },
    components: [...components.values()].sort((a, b) => (a['bom-ref'] < b['bom-ref'] ? -1 : 1)),
    dependencies: [...dependencies].map(([ref, names]) => ({
      ref,
      dependsOn: [...new Set(names.map((name) => byName.get(name)).filter(Boolean))].sort(),
    })),
  };
  return `${JSON.stringify(document, null, 1)}\n`;
}
