// SPDX-License-Identifier: GPL-2.0-or-later
/** A format of 40 bits through the whole model: entries lie in both halves of a register, and nowhere above. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { arm } from '@specialbit/arch-nospecial';
import { x86_64 } from '@specialbit/arch-x86';
import { checkArchitecture, scenarioLog, scenarios } from '@specialbit/conformance';
import {
  Comparison,
  createWorld,
  defaultContent,
  defaultMachine,
  explainPte,
  kernelOptions,
  type LaneOptions,
  Player,
  reduce,
} from '@specialbit/core';
import { type Architecture, formatPte } from '@specialbit/core/arch';
import { openWorld } from '@specialbit/core/kernel';
import { type LogEvent, type MachineSpec, parseLog } from '@specialbit/events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lark, lark_nospecial, lark_tracking } from './lark.testkit.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

const MAX = 0xffff_ffff_ffn;

/** RAM at the top of 36 bits of physical addresses, so that every pfn reaches into the high half. */
const BASE = 0xff0000;
const high: MachineSpec = {
  ram: [[BASE, BASE + 0x8000]],
  highest_memmap_pfn: BASE + 0x7fff,
  zero_pfn: BASE + 0x700,
  zero_pages: 1,
  frames: { P0: BASE + 0x1000, P1: BASE + 0x1001, P2: BASE + 0x1002, D0: 0xfffff0, D1: 0xfffff1, D2: 0xfffff2 },
};
const lane = (arch: Architecture, machine: MachineSpec): LaneOptions => ({
  arch,
  machine,
  content: defaultContent(machine),
  files: { dev: { kind: 'device', pages: 0 }, tmp: { kind: 'shmem', pages: 2, content: [240, 241] } },
});

/** The examples that run on any machine, and the kit's scenarios. */
function logs(): { name: string; text: string }[] {
  const examples = readdirSync(`${root}examples`)
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => ({ name, text: readFileSync(`${root}examples/${name}`, 'utf8') }));
  return [
    ...examples.filter(({ name, text }) => parseLog(text, { file: name }).header.machine === undefined),
    ...scenarios.map((scenario) => ({ name: scenario.name, text: scenarioLog(scenario) })),
  ];
}

describe('a 40-bit format', () => {
  it('passes the kit, with the bit and without', () => {
    for (const arch of [lark, lark_nospecial]) {
      expect(arch.layout.pteBits).toBe(40);
      expect(checkArchitecture(arch).checks.filter((check) => check.outcome === 'fails')).toEqual([]);
    }
  });

  it('has no bit above its width', () => {
    const p = { lo: 0, hi: 0 };
    lark.pte.pfn_pte(p, 0xffffff, { ...lark.pte.protection_map[15] } as { lo: number; hi: number });
    lark.pte.mkspecial(p);
    expect(formatPte(p)).toBe('ffffff1013');
    lark.pte.modify(p, { lo: -1, hi: -1 });
    expect(BigInt(`0x${formatPte(p)}`) <= MAX).toBe(true);
    lark.pte.swp_entry_to_pte(p, 31, 0xfffffe);
    expect(formatPte(p)).toBe('fffffe007c');
  });

  it.each(logs())('$name: no driver can tell it from x86_64', ({ name, text }) => {
    const { header, events } = parseLog(text, { file: name });
    const files = header.files ?? {};
    for (const [arch, other] of [
      [lark_tracking, x86_64],
      [lark_nospecial, arm],
    ] as const) {
      const lanes = [arch, other].map((a) => ({ name: a.name, options: { ...lane(a, defaultMachine(lark)), files } }));
      const comparison = new Comparison(lanes);
      for (const event of events) comparison.step(event);
      const parts = comparison.divergences
        .filter((d) => !d.minor)
        .flatMap((d) => d.parts.map((part) => `${d.number} ${part.what} ${part.aspect}: ${part.values.join(' / ')}`));
      // arm has neither GUP-fast nor a recorder of accesses
      expect(parts).toEqual([]);
    }
  });

  it('goes through worlds, one event at a time or in a batch', () => {
    const { events } = parseLog(scenarioLog(scenarios.find(({ name }) => name === 'behaviour/cow-linear-fork')!));
    const options = kernelOptions(lane(lark, high));
    const player = new Player(options, createWorld(lane(lark, high)));
    let world = createWorld(lane(lark, high));
    for (const event of events) {
      player.step(event);
      world = reduce(options, world, event).world;
    }
    const raw = (w: typeof world): string[] => {
      const found: string[] = [];
      const p = { lo: 0, hi: 0 };
      for (const mm of openWorld(options, w).mms.values()) {
        mm.pt.forEach(0, lark.task_pages, p, (vpn) => found.push(`${mm.id} ${vpn.toString(16)} ${formatPte(p)}`));
      }
      return found;
    };
    const entries = raw(player.world());
    expect(entries.length).toBeGreaterThan(2);
    expect(raw(world)).toEqual(entries);
    for (const entry of entries) {
      const value = BigInt(`0x${entry.split(' ')[2]}`);
      expect(value >> 32n).toBe(0xffn);
      expect(value <= MAX).toBe(true);
    }
    const place = openWorld(options, world).mms.get(0)!.labels.mem!;
    const explained = explainPte(options, world, 0, place);
    expect([explained.pte.frame, explained.path?.name, explained.pte.raw]).toEqual([
      'D0',
      'null_special_vma',
      'fffff010d3',
    ]);
  });

  it('stays within 40 bits over random logs', () => {
    const page = fc.integer({ min: 0, max: 3 });
    const at = page.map((n) => ({ label: 'm', page: n }));
    const frame = fc.constantFrom('P0', 'P1', 'D0').map((label) => ({ label }));
    const mm = 0;
    const event: fc.Arbitrary<LogEvent> = fc.oneof(
      at.map((a): LogEvent => ({ type: 'access', mm, at: a, op: 'read' })),
      fc.tuple(at, fc.nat(255)).map(([a, value]): LogEvent => ({ type: 'access', mm, at: a, op: 'write', value })),
      fc
        .tuple(at, frame)
        .map(([a, f]): LogEvent => ({ type: 'vmf_insert_mixed', mm, at: a, frame: f, pfn_t: 'PFN_DEV' })),
      fc
        .tuple(at, fc.integer({ min: 0, max: 3 }))
        .map(([a, prot]): LogEvent => ({ type: 'mprotect', mm, at: a, pages: 1, prot })),
      at.map((a): LogEvent => ({ type: 'madvise', mm, at: a, pages: 1, advice: 'MADV_DONTNEED' })),
    );
    const start = parseLog(
      '{"specialbit":1,"files":{"dev":"device"}}\n{"type":"mmap","label":"m","pages":4,"prot":"rw","file":"dev","flags":"MAP_PRIVATE","call":[{"type":"vm_flags_mod","set":"VM_MIXEDMAP"}]}\n',
    ).events;
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), (events) => {
        const comparison = new Comparison(
          [lark, x86_64].map((arch) => ({ name: arch.name, options: lane(arch, high) })),
        );
        for (const e of [...start, ...events]) comparison.step(e);
        expect(comparison.divergences.filter((d) => !d.minor)).toEqual([]);
        const k = comparison.kernels[0]!;
        const p = { lo: 0, hi: 0 };
        k.mms.get(0)!.pt.forEach(0, lark.task_pages, p, () => {
          expect(BigInt(`0x${formatPte(p)}`) <= MAX).toBe(true);
        });
      }),
      { numRuns: 100, seed: 40 },
    );
  });
});
