// SPDX-License-Identifier: GPL-2.0-or-later
/** A driver's call: who can call it with which flags, what it returns when, and what it changes. */
import { flagNames, type NamedLane, type ReasonView } from '@specialbit/core';
import { decodeHeader, type LogHeader } from '@specialbit/events';
import { memoryNamed } from '../memory.js';
import { headerJson } from '../proof.js';
import { type Json, Scene } from '../scene.js';
import { Starts } from '../trial.js';
import { type Call, type Flags, type Hook, WAYS, type Way } from '../ways.js';
import type { Answer, AtlasMaker } from './atlas.js';
import { type Acts, cellOf, flagsChanged } from './cell.js';
import { HugeScene, PMD_PAGES, pfnGround } from './ground.js';
import type { BitLevel } from './kinds.js';

export interface CalledRow {
  readonly hook: Hook;
  readonly flags: Flags;
  /** `P shared`, `D private`. */
  readonly what: readonly string[];
  readonly withBit: readonly Answer[];
  readonly without: readonly Answer[];
}

/** Architectures that answer alike, row by row. */
export interface ArchGroup {
  readonly archs: readonly string[];
  /** The architecture of a column that they are nearest to. */
  readonly as: string;
  /** Where they answer otherwise than that: row, and what they say. */
  readonly otherwise: readonly { readonly row: number; readonly text: string }[];
}

/** What playing a call told. */
export interface CallPlayed {
  readonly level: BitLevel;
  /** Flags that it sets where they are not set: on the newest kernel. */
  readonly sets: string;
  /** With these set already it changes none. */
  readonly needsNoLock: readonly Flags[];
  readonly rows: readonly CalledRow[];
  readonly archs: readonly ArchGroup[];
  readonly reasons: readonly ReasonView[];
}

/** One way in which the call is made. */
interface Tried {
  readonly hook: Hook;
  readonly flags: Flags;
  readonly what: string;
  readonly header: Json;
  readonly acts: Acts;
}

type HugeCall = 'vmf_insert_pfn_pmd' | 'vmf_insert_pfn_pud' | 'vmf_insert_folio_pmd';
type MoreCall = 'vm_map_pages_zero' | 'vmf_insert_pfn_prot' | 'vmf_insert_mixed_mkwrite';

export type PlayedCall = Exclude<Call, 'page' | 'generic_file_mmap'> | HugeCall | MoreCall;

/** Calls that are played, in the order of their pages: what inserts among what remaps, by how near they are to each other. */
export const PLAYED: readonly PlayedCall[] = [
  'remap_pfn_range',
  'io_remap_pfn_range',
  'vm_iomap_memory',
  'vm_insert_page',
  'vm_insert_pages',
  'vm_map_pages',
  'vm_map_pages_zero',
  'vmf_insert_pfn',
  'vmf_insert_pfn_prot',
  'vmf_insert_mixed',
  'vmf_insert_mixed_mkwrite',
  'vmf_insert_pfn_pmd',
  'vmf_insert_pfn_pud',
  'vmf_insert_folio_pmd',
  'remap_vmalloc_range',
  'dma_mmap_coherent',
];

const FRAMES = ['pages', 'device', 'reserved'].map((name) => memoryNamed(name).frames[0]!);
const EACH: readonly Flags[] = ['', 'VM_PFNMAP', 'VM_MIXEDMAP', 'VM_PFNMAP|VM_MIXEDMAP'];

/** Calls that the advice tries under another name, or not at all: hooks, and what their event has beside place and frame. */
const MORE: Readonly<Record<MoreCall, { readonly hooks: readonly Hook[]; readonly range: boolean }>> = {
  vm_map_pages_zero: { hooks: ['mmap'], range: true },
  vmf_insert_pfn_prot: { hooks: ['fault', 'mmap'], range: false },
  vmf_insert_mixed_mkwrite: { hooks: ['fault', 'mmap'], range: false },
};

const HUGE: Readonly<Record<HugeCall, 'pmd' | 'pud'>> = {
  vmf_insert_pfn_pmd: 'pmd',
  vmf_insert_pfn_pud: 'pud',
  vmf_insert_folio_pmd: 'pmd',
};

const isHuge = (call: PlayedCall): call is HugeCall => call in HUGE;
const isMore = (call: PlayedCall): call is MoreCall => call in MORE;

export function playCall(maker: AtlasMaker, call: PlayedCall): CallPlayed {
  const level = isHuge(call) ? HUGE[call] : 'pte';
  const rows: CalledRow[] = [];
  /** The first of those that a row stands for. */
  const first: Tried[] = [];
  const works = new Set<Flags>();
  const changed = new Map<Flags, number>();
  const newest = maker.given.kernels.at(-1)!;
  const [shown] = maker.archsOf(level);
  for (const tried of isHuge(call) ? hugeTried(call) : isMore(call) ? moreTried(call) : waysTried(call)) {
    const { hook, flags, what, header, acts } = tried;
    const { answers: withBit } = maker.answers(header, acts, true, level);
    const { answers: without } = maker.answers(header, acts, false, level);
    if (withBit.some(({ failed }) => !failed)) works.add(flags);
    const row = { hook, flags, withBit, without };
    const at = rows.findIndex((one) => keyOf(one) === keyOf(row));
    if (at < 0) {
      rows.push({ ...row, what: [what] });
      first.push(tried);
    } else rows[at] = { ...rows[at]!, what: [...rows[at]!.what, what] };
    const lane = maker.laneOf(shown!.name, newest, header);
    changed.set(flags, (changed.get(flags) ?? 0) | flagsChanged(lane, acts, maker.starts));
  }
  const reasons = rows.flatMap(({ withBit, without }) => [...withBit, ...without].flatMap((answer) => answer.reasons));
  return {
    level,
    sets: flagNames(changed.get('') ?? 0),
    needsNoLock: enough(
      [...changed].filter(([flags, set]) => flags !== '' && set === 0 && works.has(flags)).map(([flags]) => flags),
    ),
    rows,
    archs: groupsOf(maker, level, first),
    reasons: reasons.filter((one, i) => reasons.findIndex(({ name }) => name === one.name) === i),
  };
}

const keyOf = (row: Pick<CalledRow, 'hook' | 'flags' | 'withBit' | 'without'>): string =>
  JSON.stringify([row.hook, row.flags, row.withBit.map(told), row.without.map(told)]);

const told = ({ text, kernels, archs }: Answer): unknown => [text, kernels, archs];

/** Those that do not hold others of them. */
function enough(all: readonly Flags[]): Flags[] {
  const parts = (flags: string): string[] => flags.split('|');
  return all.filter(
    (one) => !all.some((other) => other !== one && parts(other).every((flag) => parts(one).includes(flag))),
  );
}

/** How many pages a PMD maps, where it can map any by itself. */
const pmdPages = ({ given }: AtlasMaker, name: string): number | undefined =>
  given.lane(name, given.kernels.at(-1)!, decodeHeader({ specialbit: 1 })).options.arch.pmd?.pages;

/** Every architecture on the newest kernel, of huge calls those whose PMDs are as large as the mapping that was played, by what it answers in each row. */
function groupsOf(maker: AtlasMaker, level: BitLevel, rows: readonly Tried[]): ArchGroup[] {
  const { all = [], kernels } = maker.given;
  const newest = kernels.at(-1)!;
  // worlds of so many machines are not kept
  const answersOf = (name: string): string[] => {
    const starts = new Starts();
    const lanes = new Map<string, NamedLane>();
    return rows.map(({ header, acts }) => {
      const key = JSON.stringify(header);
      const lane = lanes.get(key) ?? maker.given.lane(name, newest, decodeHeader(header));
      lanes.set(key, lane);
      return cellOf(lane, acts, starts).text;
    });
  };
  const columns = maker.archsOf(level).map(({ name }) => ({ name, answers: answersOf(name) }));
  const groups = new Map<string, { archs: string[]; answers: string[] }>();
  for (const name of all.filter((one) => level === 'pte' || pmdPages(maker, one) === PMD_PAGES)) {
    const answers = answersOf(name);
    const key = JSON.stringify(answers);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { archs: [name], answers });
    else group.archs.push(name);
  }
  return [...groups.values()].map(({ archs, answers }): ArchGroup => {
    const differ = columns.map((column) => answers.flatMap((text, row) => (text === column.answers[row] ? [] : [row])));
    const least = Math.min(...differ.map((list) => list.length));
    const nearest = differ.findIndex((list) => list.length === least);
    return {
      archs,
      as: columns[nearest]!.name,
      otherwise: differ[nearest]!.map((row) => ({ row, text: answers[row]! })),
    };
  });
}

/** As the advice tries it. */
function waysTried(call: PlayedCall): Tried[] {
  const ways = WAYS.filter((way) => way.call === call && way.hook !== 'mmap_prepare');
  return ways.flatMap((way) =>
    FRAMES.flatMap((frames) =>
      [true, false].map((shared): Tried => {
        const scene = new Scene({ way, frames, scattered: false, shared, prot: 'rw', pmdPages: 2 });
        return {
          hook: way.hook,
          flags: way.flags,
          what: `${frames.name} ${shared ? 'shared' : 'private'}`,
          header: { specialbit: 1, ...headerJson(scene.header) },
          acts: actsOf(scene, way),
        };
      }),
    ),
  );
}

/** The event in which the call is made, and what comes before. */
function actsOf(scene: Scene, way: Way): Acts {
  const map = scene.map();
  if (way.hook === 'mmap') return { before: map.slice(0, -1), act: map.at(-1)! };
  if (way.hook === 'later') return { before: map.slice(0, 1), act: map[1]! };
  return { before: map, act: { type: 'read', at: 'm' } };
}

const DEVICE: LogHeader['files'] = { dev: { kind: 'device', pages: 0 } };
const HEADER: Json = { specialbit: 1, files: DEVICE };

function moreTried(call: MoreCall): Tried[] {
  const { hooks, range } = MORE[call];
  const flagSets = hooks.flatMap((hook) => EACH.map((flags) => ({ hook, flags })));
  return flagSets.flatMap(({ hook, flags }) =>
    FRAMES.flatMap((frames) =>
      [true, false].map((shared): Tried => {
        const set: Json[] = flags === '' ? [] : [{ type: 'vm_flags_mod', set: flags }];
        const calls = range
          ? [{ type: call, at: '[0]', frame: frames.frame(0), pages: 2 }]
          : [0, 1].map((i) => ({ type: call, at: `[${i}]`, frame: frames.frame(i) }));
        const inside = hook === 'mmap' ? [...set, ...calls] : set;
        const fault = { do: 'call', call: [{ type: call, frame: frames.frame(0) }] };
        const map: Json = {
          type: 'mmap',
          label: 'm',
          pages: 2,
          prot: 'rw',
          file: 'dev',
          ...(shared ? {} : { flags: 'MAP_PRIVATE' }),
          ...(hook === 'fault' ? { ops: { fault } } : {}),
          ...(inside.length === 0 ? {} : { call: inside }),
        };
        const acts = hook === 'mmap' ? { before: [], act: map } : { before: [map], act: { type: 'read', at: 'm' } };
        return { hook, flags, what: `${frames.name} ${shared ? 'shared' : 'private'}`, header: HEADER, acts };
      }),
    ),
  );
}

/** From `->huge_fault`; of a folio, which no handler of the model hands out, by a call behind mmap. */
function hugeTried(call: HugeCall): Tried[] {
  const level = HUGE[call];
  const memories =
    call === 'vmf_insert_folio_pmd' ? (['C'] as const) : level === 'pud' ? (['D'] as const) : (['D', 'C'] as const);
  return EACH.flatMap((flags) =>
    memories.flatMap((memory) =>
      [true, false].map((shared): Tried => {
        const ground = pfnGround(level, memory, shared, flags);
        const folio = call === 'vmf_insert_folio_pmd';
        const { ops: _, ...more } = ground.more;
        const scene = new HugeScene(folio ? { ...ground, more } : ground);
        const act = folio ? { type: call, at: 'm', frame: 'C0' } : { type: 'read', at: 'm' };
        return {
          hook: 'huge_fault',
          flags,
          what: `${memory} ${shared ? 'shared' : 'private'}`,
          header: { specialbit: 1, ...headerJson(scene.header) },
          acts: { before: scene.map(), act },
        };
      }),
    ),
  );
}
