// SPDX-License-Identifier: GPL-2.0-or-later
/** The packages that are published, and what each needs at run time. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly license?: string;
  readonly description?: string;
  readonly repository?: unknown;
  readonly homepage?: string;
  readonly bugs?: unknown;
  readonly engines?: { readonly node?: string };
  readonly exports?: Readonly<Record<string, string | { readonly types?: string; readonly default?: string }>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly files?: readonly string[];
  readonly publishConfig?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

export function manifestIn(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** The folders of the workspaces whose package is published, from the root. */
export function published(): string[] {
  const { workspaces } = manifestIn(root) as Manifest & { readonly workspaces: readonly string[] };
  return workspaces.filter((folder) => manifestIn(join(root, folder)).private !== true);
}

/** Where Node finds `name` from `folder` on. */
function installed(name: string, folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const found = join(at, 'node_modules', name);
    if (existsSync(join(found, 'package.json'))) return found;
    if (at === dirname(at)) return undefined;
  }
}

/** What a package brings with it: all but what its user may leave out (optional peers), and is there. */
function needed({ dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta }: Manifest): string[] {
  const peers = Object.keys(peerDependencies ?? {}).filter((name) => peerDependenciesMeta?.[name]?.optional !== true);
  return [...Object.keys(dependencies ?? {}), ...Object.keys(optionalDependencies ?? {}), ...peers];
}

/** All that a package needs at run time, of others and of ours, with the way that leads there. */
export function runtimeDependencies(folder: string): Map<string, { manifest: Manifest; way: string }> {
  const found = new Map<string, { manifest: Manifest; way: string }>();
  const visit = (at: string, way: string): void => {
    const manifest = manifestIn(at);
    for (const name of needed(manifest)) {
      const where = installed(name, at);
      if (where === undefined) {
        if (manifest.optionalDependencies?.[name] !== undefined) continue;
        throw new Error(`${way}: ${name} is not installed`);
      }
      const dependency = manifestIn(where);
      const key = `${dependency.name}@${dependency.version}`;
      if (found.has(key)) continue;
      found.set(key, { manifest: dependency, way: `${way} > ${key}` });
      visit(where, `${way} > ${key}`);
    }
  };
  visit(folder, manifestIn(folder).name);
  return found;
}

/** What may go into one bundle with GPL-2.0-or-later. */
const PERMISSIVE = ['MIT', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', '0BSD', 'GPL-2.0-or-later'];
/** Apache-2.0, where it is mandated: GPL-3.0 takes it, which GPL-2.0-or-later allows. */
const APACHE = ['rxjs'];
/** What BullMQ and every client of Redis that it takes need; only `queue` has it, which nobody has to install. */
const APACHE_OF_QUEUE = ['cluster-key-slot', 'denque', 'detect-libc'];

/** Does a package's SPDX expression fit? Of several licences to choose from one has to, of several that hold at once all. */
export function fits(name: string, license: unknown, by?: string): boolean {
  const apache = by === 'packages/queue' ? [...APACHE, ...APACHE_OF_QUEUE] : APACHE;
  if (typeof license !== 'string') return false;
  const plain = license.replace(/^\((.*)\)$/, '$1');
  if (/[()]/.test(plain)) return false;
  return plain
    .split(' OR ')
    .some((choice) =>
      choice.split(' AND ').every((one) => PERMISSIVE.includes(one) || (one === 'Apache-2.0' && apache.includes(name))),
    );
}
