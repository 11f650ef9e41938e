// SPDX-License-Identifier: GPL-2.0-or-later
/** What vm_normal_page() and its namesakes of the levels above answer: each kind of entry, in each kind of VMA. */
import { DECISIONS, Decision, type NamedLane } from '@specialbit/core';
import { describeEntry, entryAt } from '@specialbit/core/kernel';
import { headerJson } from '../proof.js';
import type { Json } from '../scene.js';
import { played } from './acts.js';
import type { Answer, AtlasMaker } from './atlas.js';
import type { Cell } from './cell.js';
import { type HugeGround, HugeScene, pfnGround } from './ground.js';
import type { BitLevel } from './kinds.js';

export interface DecisionRow {
  /** `VM_PFNMAP`; empty for none of the two. */
  readonly flags: string;
  /** `P0, special, shared`. */
  readonly entry: readonly string[];
  readonly withBit: readonly Answer[];
  readonly without: readonly Answer[];
}

const FLAGS = ['', 'VM_PFNMAP', 'VM_MIXEDMAP', 'VM_PFNMAP|VM_MIXEDMAP'] as const;

const FRAMES = [
  ['P0', 'a page'],
  ['D0', 'a frame without struct page'],
  ['Z', 'the zero page'],
] as const;

interface Entry {
  readonly words: string;
  readonly header: Json;
  readonly before: readonly Json[];
}

/** Every answer, those of entries and flags that have the same together. */
export function decisionsOf(maker: AtlasMaker, level: BitLevel): DecisionRow[] {
  const rows: DecisionRow[] = [];
  for (const flags of FLAGS) {
    for (const { words, header, before } of level === 'pte' ? pteEntries(flags) : hugeEntries(level, flags)) {
      const cell = (lane: NamedLane): Cell => decided(maker, lane, before, level);
      const withBit = maker.cells(header, cell, true, level).answers;
      const without = maker.cells(header, cell, false, level).answers;
      const key = JSON.stringify([flags, withBit, without]);
      const at = rows.findIndex((row) => JSON.stringify([row.flags, row.withBit, row.without]) === key);
      if (at < 0) rows.push({ flags, entry: [words], withBit, without });
      else rows[at] = { ...rows[at]!, entry: [...rows[at]!.entry, words] };
    }
  }
  return rows;
}

/** Decisions that the rows name, with why. */
export function decisionWords(rows: readonly DecisionRow[]): readonly (readonly [string, string])[] {
  const named = new Set(
    rows.flatMap((row) => [...row.withBit, ...row.without].flatMap(({ text }) => text.match(/\w+(?=\))/g) ?? [])),
  );
  const words: [string, string][] = [];
  for (const [code, { text }] of Object.entries(DECISIONS)) {
    const name = Decision[Number(code)];
    if (name !== undefined && named.has(name)) words.push([name, text]);
  }
  return words;
}

/** What the entry of the first page is to the kernel of a lane. */
function decided(maker: AtlasMaker, lane: NamedLane, before: readonly Json[], wanted: BitLevel): Cell {
  const { kernel, failed } = played(lane, before, maker.starts);
  const none = (text: string): Cell => ({ text, reasons: [], impossible: true, failed: true });
  if (failed !== undefined) return none(failed);
  const mm = kernel.mms.get(0)!;
  const vpn = mm.startOf('m')!;
  const { level, first, raw } = entryAt(kernel, mm, vpn);
  const view = describeEntry(kernel, mm.vma_lookup(vpn), first, level, raw);
  if (view.level !== wanted) return none('->huge_fault is not asked');
  if (view.decision === null) return none('there is no such function');
  return { text: `${view.verdict} (${view.decision})`, reasons: [], impossible: false, failed: false };
}

/** An entry that the driver wrote by itself, special or not; the VMA's flags come behind it. */
function pteEntries(flags: string): Entry[] {
  return FRAMES.flatMap(([frame, words]) =>
    [true, false].flatMap((special) =>
      [true, false].map((shared): Entry => {
        const map: Json = {
          type: 'mmap',
          label: 'm',
          pages: 1,
          prot: 'rw',
          file: 'dev',
          ...(shared ? {} : { flags: 'MAP_PRIVATE' }),
        };
        const set: Json = { type: 'set_pte', at: 'm', frame, special, write: shared };
        return {
          words: `${words}, ${special ? 'special' : 'not special'}, ${shared ? 'shared' : 'private'}`,
          header: { specialbit: 1, files: { dev: { kind: 'device', pages: 0 } } },
          before: [map, set, ...(flags === '' ? [] : [{ type: 'vm_flags_mod', at: 'm', set: flags }])],
        };
      }),
    ),
  );
}

/** An entry that vmf_insert_pfn_pmd() or vmf_insert_pfn_pud() made; the flags are changed behind it. */
function hugeEntries(level: 'pmd' | 'pud', flags: string): Entry[] {
  const memories = level === 'pud' ? (['D'] as const) : (['D', 'C'] as const);
  return memories.flatMap((memory) =>
    [true, false].map((shared): Entry => {
      // what handlers map in a private mapping that can be written to is a BUG: it is read-only
      const ground: HugeGround = pfnGround(level, memory, shared, 'VM_PFNMAP');
      const scene = new HugeScene(ground);
      const [map, ...rest] = scene.map();
      const made = shared
        ? map!
        : { ...map!, prot: 'r', call: [{ type: 'vm_flags_mod', set: 'VM_PFNMAP', clear: 'VM_MAYWRITE' }] };
      const clear = flags.includes('VM_PFNMAP') ? {} : { clear: 'VM_PFNMAP' };
      const set = flags === '' || flags === 'VM_PFNMAP' ? {} : { set: flags.replace('VM_PFNMAP|', '') };
      const change = { ...clear, ...set };
      return {
        words: `${memory === 'D' ? 'memory without struct pages' : 'one folio'}, ${shared ? 'shared' : 'private and read-only'}`,
        header: { specialbit: 1, ...headerJson(scene.header) },
        before: [
          made,
          ...rest,
          ...scene.touch('read', 0),
          ...(Object.keys(change).length === 0 ? [] : [{ type: 'vm_flags_mod', at: 'm', ...change }]),
        ],
      };
    }),
  );
}
