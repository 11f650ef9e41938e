// SPDX-License-Identifier: GPL-2.0-or-later
import { parseLog } from '@specialbit/events';
import { expect, it } from 'vitest';
import type { Architecture } from '../arch/architecture.js';
import { Player } from '../player.js';
import { laneOf, withBit, withoutBit } from '../toy-lanes.testkit.js';
import { createWorld, kernelOptions } from '../world/create.js';
import { processOf } from '../world/world.js';
import { explainPte, type PteExplanation } from './explain-pte.js';

const LOG = `{"specialbit":1}
{"type":"mmap","label":"ring","pages":4,"prot":"rw","file":"dev","flags":"MAP_SHARED","call":[{"type":"vm_flags_mod","set":"VM_MIXEDMAP"},{"type":"vmf_insert_mixed","at":"[1]","frame":"P1"}]}
{"type":"pin_user_pages","at":"ring[1]","hold":true}
{"type":"get_page","frame":"P1"}
{"type":"mmap","label":"file","pages":2,"prot":"r","file":"tmp"}
{"type":"read","at":"file[1]"}`;

function explain(arch: Architecture, label: string, page: number): PteExplanation {
  const lane = laneOf(arch);
  const options = kernelOptions(lane);
  const player = new Player(options, createWorld(lane));
  for (const event of parseLog(LOG).events) player.step(event);
  const world = player.world();
  return explainPte(options, world, 0, processOf(world, 0)!.labels.get(label)! + page);
}

it('says why a special PTE is no page, and who holds the frame', () => {
  const said = explain(withBit, 'ring', 1);
  expect(said).toMatchObject({
    place: 'ring[1]',
    pte: { kind: 'present', special: true, frame: 'P1', verdict: 'NULL' },
    path: { name: 'null_special_vma', verdict: 'NULL', by: 'special_vma' },
    frame: { label: 'P1', count: 2, mapcount: 0 },
    verdict: 'no page to vm_normal_page(): special, in a VM_PFNMAP or VM_MIXEDMAP',
  });
  expect(said.path!.steps.map(({ question, answer }) => `${question}? ${answer ? 'yes' : 'no'}`)).toEqual([
    'CONFIG_ARCH_HAS_PTE_SPECIAL? yes',
    'pte_special(pte)? yes',
    'vm_flags & (VM_PFNMAP | VM_MIXEDMAP)? yes',
  ]);
  expect(said.bits.find(({ name }) => name === 'SPECIAL')).toMatchObject({ set: true, value: '200' });
  expect(said.holders).toEqual([
    expect.objectContaining({ by: 'pte', place: 'ring[1]', refs: 0 }),
    { by: 'driver', refs: 2 },
  ]);
});

it('says why the same PTE without the bit is a page, pinned and counted', () => {
  const said = explain(withoutBit, 'ring', 1);
  expect(said.path).toMatchObject({ name: 'normal_mixedmap_valid', verdict: 'page', by: 'mixedmap_valid' });
  expect(said.frame).toMatchObject({ count: 1027, mapcount: 1 });
  expect(said.holders).toEqual([
    expect.objectContaining({ by: 'pte', refs: 1 }),
    { by: 'pin', pins: 1, refs: 1024 },
    { by: 'driver', refs: 2 },
  ]);
});

it('names the page cache, and what is not there', () => {
  const file = explain(withBit, 'file', 1);
  expect(file.frame?.label).toMatch(/^F\d+$/);
  expect(file.holders).toContainEqual({ by: 'page cache', file: 'tmp', index: 1, refs: 1 });
  expect(explain(withBit, 'ring', 0)).toMatchObject({ path: null, frame: null, verdict: 'nothing is mapped here' });
  expect(() => explainPte(kernelOptions(laneOf(withBit)), createWorld(laneOf(withBit)), 7, 0)).toThrow(RangeError);
});

it('nobody holds a frame without struct page, whatever vm_normal_page() takes it for', () => {
  const lane = laneOf(withBit);
  const options = kernelOptions(lane);
  const player = new Player(options, createWorld(lane));
  const log = `{"specialbit":1}
{"type":"mmap","label":"m","pages":1,"prot":"rw","file":"dev","flags":"MAP_SHARED"}
{"type":"set_pte","at":"m","frame":"H0"}
{"type":"get_page","frame":"H0"}`;
  for (const event of parseLog(log).events) player.step(event);
  const world = player.world();
  const said = explainPte(options, world, 0, processOf(world, 0)!.labels.get('m')!);
  expect(said.frame).toMatchObject({ label: 'H0', valid: false });
  expect(said.holders).toMatchObject([{ by: 'pte', refs: 0 }]);
});
