// SPDX-License-Identifier: GPL-2.0-or-later
/** The advice, beside what eight drivers of 6.12 and 7.3 do that ask the same. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { advise, against, DRIVERS, memoryNamed, needsNamed, WAYS } from '@specialbit/advice';
import { describe, expect, it } from 'vitest';
import { namedLane } from '../docs/named-lane.testkit.js';

/** With the bit and without it. */
const ARCHS = ['x86_64', 'arm'];

/** Where advice and driver differ, and why: what the driver's way does not do. */
const DIFFER: Readonly<Record<string, readonly string[]>> = {
  // a frame with a struct page is a counted page where there is no bit; the driver says nothing against it
  'omapdrm 6.12': ['uncounted: P0 is counted on arm@6.12'],
  'omapdrm 7.3': ['uncounted: P0 is counted on arm@7.3'],
  // 7.3 went the way of the advice, for this reason among others (map_range() says so)
  'perf 6.12': ['uncounted: P0 is counted on x86_64@6.12, arm@6.12'],
};

describe.each(DRIVERS)('$name', (driver) => {
  it.each(driver.ways)('in $kernel does what the advice says, or it is known why not', ({ kernel, way, where }) => {
    expect(WAYS.map(({ id }) => id)).toContain(way);
    const advice = advise({
      memory: memoryNamed(driver.memory),
      scattered: driver.scattered,
      map: ['shared'],
      prot: driver.prot,
      on: driver.on === 'any' ? ['mmap', 'fault'] : [driver.on],
      needs: needsNamed(driver.needs),
      lanes: (header) => ARCHS.map((arch) => namedLane(`${arch}@${kernel}`, header)),
    });
    const { agrees, lacks } = against(advice, way);
    const why = lacks.map(({ need, verdict, lanes }) => `${need}: ${verdict.found} on ${lanes.join(', ')}`);
    expect({ where, why, agrees }).toEqual({
      where,
      why: DIFFER[`${driver.name} ${kernel}`] ?? [],
      agrees: DIFFER[`${driver.name} ${kernel}`] === undefined,
    });
  });

  it('does so in the sources, where there are any', () => {
    const trees = (process.env.LINUX_SOURCE ?? '').split(':').filter((tree) => tree !== '' && existsSync(tree));
    for (const { kernel, where, way } of driver.ways) {
      const tree = trees.find((path) => versionOf(path) === kernel);
      if (tree === undefined) continue;
      const call = way.split('/')[0]!;
      const folder = where.slice(0, where.lastIndexOf('/', where.indexOf('.c')));
      const files = [...where.matchAll(/([\w/-]+\.c)/g)].map(([path]) =>
        readFileSync(join(tree, path!.includes('/') ? path! : `${folder}/${path}`), 'utf8'),
      );
      for (const [, name] of where.matchAll(/(\w+)\(\)/g))
        expect([name, files.some((text) => text.includes(`${name}(`))]).toEqual([name, true]);
      expect([call, files.some((text) => text.includes(call === 'page' ? 'vmf->page = ' : `${call}(`))]).toEqual([
        call,
        true,
      ]);
    }
  });
});

/** `6.12` of a tree. */
function versionOf(tree: string): string {
  const [, version, patchlevel] = /VERSION = (\d+)\nPATCHLEVEL = (\d+)/.exec(
    readFileSync(join(tree, 'Makefile'), 'utf8'),
  )!;
  return `${version}.${patchlevel}`;
}
