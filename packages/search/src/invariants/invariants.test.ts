// SPDX-License-Identifier: GPL-2.0-or-later
import { createWorld, kernelOptions, type NamedLane, Player } from '@specialbit/core';
import { parseLog } from '@specialbit/events';
import { describe, expect, it } from 'vitest';
import { alphabet } from '../alphabet.js';
import { goalNamed } from '../goal.js';
import { lanes } from '../lanes.testkit.js';
import { search } from '../search.js';
import { brokenInvariants, INVARIANT_NAMES, type InvariantName } from './invariants.js';

const lane = (name: string): NamedLane => lanes(name)[0]!;
const map = (more = ''): string => `{"type":"mmap","label":"a","pages":1,"prot":"rw","file":"dev"${more}}`;
const MIXED = ',"call":[{"type":"vm_flags_mod","set":"VM_MIXEDMAP"}]';

/** What breaks at the last of some events, and nothing before it. */
function broken(on: string, events: string, driver: ReadonlyMap<number, number> = new Map()): string[] {
  const log = parseLog(`{"specialbit":1,"files":{"dev":"device"}}\n${events}\n`);
  const { options } = lane(on);
  const player = new Player(kernelOptions(options), createWorld(options));
  let found: string[] = [];
  for (const event of log.events) {
    expect(found).toEqual([]);
    player.step(event);
    found = brokenInvariants(player.kernel, { event, driver }).map(({ invariant, of }) => `${invariant} ${of}`);
  }
  return found;
}

describe('an invariant', () => {
  it.each<[on: string, events: string, broken: string[]]>([
    ['x86_64', `${map(MIXED)}\n{"type":"vmf_insert_mixed","at":"a","frame":"P0"}`, []],
    ['arm', `${map(MIXED)}\n{"type":"remap_pfn_range","at":"a","frame":"P0"}`, ['uncounted P0', 'rss mm 0']],
    [
      'arm',
      `${map(',"flags":"MAP_PRIVATE","call":[{"type":"remap_pfn_range","frame":"P0"}]')}\n{"type":"write","at":"a"}\n{"type":"set_vm_pgoff","at":"a","self":true}`,
      ['special_refcounted A1', 'rss mm 0'],
    ],
    [
      'x86_64',
      `${map().replace('mmap', 'mmap.begin')}\n{"type":"remap_pfn_range","at":"a","frame":"D0"}\n{"type":"unmap_mapping_range","file":"dev","pages":1,"even_cows":true}`,
      ['left_behind file dev'],
    ],
  ])('is told on %s when it breaks: case %#', (on, events, names) => {
    expect(broken(on, events)).toEqual(names);
  });

  it('knows what a driver gave back: a page that is still mapped is freed, one that it got is not leaked', () => {
    const { P0 } = lane('x86_64').options.machine.frames;
    const bare = `${map(MIXED)}\n{"type":"vmf_insert_mixed","at":"a","frame":"P0"}\n{"type":"put_page","frame":"P0"}`;
    expect(broken('x86_64', bare)).toEqual(['freed_while_mapped P0']);
    const got = '{"type":"get_page","frame":"P0"}';
    expect(broken('x86_64', got)).toEqual(['leaked P0']);
    expect(broken('x86_64', got, new Map([[P0!, 1]]))).toEqual([]);
  });
});

describe('a search for an invariant', () => {
  const found = (name: InvariantName, on: string, types: string[], frames = ['P0']): string[] =>
    search([lane(on)], alphabet({ pages: 1, frames, types }), goalNamed(`invariant:${name}`), { depth: 4 })
      .findings.flatMap(({ events }) => events)
      .map(({ type }) => type);

  it('finds a page that is freed under its entry, and not one that its driver still has', () => {
    const types = ['mmap', 'vmf_insert_pfn', 'get_page', 'put_page', 'munmap'];
    expect(found('freed_while_mapped', 'x86_64', types)).toEqual(['mmap', 'put_page']);
    expect(found('leaked', 'x86_64', types)).toEqual([]);
  });

  it('names each of them', () => {
    for (const name of INVARIANT_NAMES) expect(goalNamed(`invariant:${name}`).invariants).toEqual([name]);
    expect(() => goalNamed('invariant:leakd')).toThrow('did you mean "invariant:leaked"?');
    expect(() => goalNamed('invariant:')).toThrow('expected the name of an invariant');
  });
});
