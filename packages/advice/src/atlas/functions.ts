// SPDX-License-Identifier: GPL-2.0-or-later
/** A driver's call: where it is, who can call it with which flags, what it returns when, and what it changes. */
import { findProfile, flagNames, type ReasonView } from '@specialbit/core';
import { kernelFacts } from '@specialbit/view';
import { memoryNamed } from '../memory.js';
import { headerJson } from '../proof.js';
import { type Json, Scene } from '../scene.js';
import { type Call, type Flags, type Hook, WAYS, type Way } from '../ways.js';
import { type Answer, type AtlasMaker, rangeText } from './atlas.js';
import { flagsChanged } from './cell.js';

export interface CalledRow {
  readonly hook: Hook;
  readonly flags: Flags;
  /** `P shared`, `D private`. */
  readonly what: readonly string[];
  readonly withBit: readonly Answer[];
  readonly without: readonly Answer[];
}

export interface FunctionPage {
  readonly call: Call;
  /** Names and files, with the kernels that have them so. */
  readonly names: readonly { readonly name: string; readonly file: string; readonly kernels: string }[];
  /** Flags that it sets where they are not set: on the newest kernel. */
  readonly sets: string;
  /** With these set already it changes none. */
  readonly needsNoLock: readonly Flags[];
  readonly rows: readonly CalledRow[];
  readonly reasons: readonly ReasonView[];
  /** What the model leaves out of it. */
  readonly omits: readonly string[];
}

/** Calls with a page of their own. */
export const FUNCTIONS: readonly Call[] = [
  'remap_pfn_range',
  'vm_iomap_memory',
  'vm_insert_page',
  'vm_insert_pages',
  'vm_map_pages',
  'vmf_insert_pfn',
  'vmf_insert_mixed',
];

const FRAMES = ['pages', 'device', 'reserved'].map((name) => memoryNamed(name).frames[0]!);

export function functionPage(maker: AtlasMaker, call: Call): FunctionPage {
  const ways = WAYS.filter((way) => way.call === call && way.hook !== 'mmap_prepare');
  const rows: CalledRow[] = [];
  const works = new Set<Flags>();
  const changed = new Map<Flags, number>();
  for (const way of ways) {
    for (const frames of FRAMES) {
      for (const shared of [true, false]) {
        const scene = new Scene({ way, frames, scattered: false, shared, prot: 'rw', pmdPages: 2 });
        const header = { specialbit: 1, ...headerJson(scene.header) };
        const acts = actsOf(scene, way);
        const { answers: withBit } = maker.answers(header, acts, true);
        const { answers: without } = maker.answers(header, acts, false);
        if (withBit.some(({ failed }) => !failed)) works.add(way.flags);
        const what = `${frames.name} ${shared ? 'shared' : 'private'}`;
        const key = (row: Pick<CalledRow, 'hook' | 'flags' | 'withBit' | 'without'>): string =>
          JSON.stringify([row.hook, row.flags, row.withBit.map(told), row.without.map(told)]);
        const row = { hook: way.hook, flags: way.flags, withBit, without };
        const at = rows.findIndex((one) => key(one) === key(row));
        if (at < 0) rows.push({ ...row, what: [what] });
        else rows[at] = { ...rows[at]!, what: [...rows[at]!.what, what] };
        const { archs, kernels } = maker.given;
        const lane = maker.laneOf(archs[0]!.name, kernels.at(-1)!, header);
        changed.set(way.flags, (changed.get(way.flags) ?? 0) | flagsChanged(lane, acts, maker.starts));
      }
    }
  }
  const reasons = rows.flatMap(({ withBit, without }) => [...withBit, ...without].flatMap((answer) => answer.reasons));
  return {
    call,
    names: namesOf(maker, call),
    sets: flagNames(changed.get('') ?? 0),
    needsNoLock: enough(
      [...changed].filter(([flags, set]) => flags !== '' && set === 0 && works.has(flags)).map(([flags]) => flags),
    ),
    rows,
    reasons: reasons.filter((one, i) => reasons.findIndex(({ name }) => name === one.name) === i),
    omits: kernelFacts().find(({ name, kind }) => name === call && kind === 'event')?.omits ?? [],
  };
}

/** Those that do not hold others of them. */
function enough(all: readonly Flags[]): Flags[] {
  const parts = (flags: string): string[] => flags.split('|');
  return all.filter(
    (one) => !all.some((other) => other !== one && parts(other).every((flag) => parts(one).includes(flag))),
  );
}

const told = ({ text, kernels, archs }: Answer): unknown => [text, kernels, archs];

/** The event in which the call is made, and what comes before. */
function actsOf(scene: Scene, way: Way): { readonly before: readonly Json[]; readonly act: Json } {
  const map = scene.map();
  if (way.hook === 'mmap') return { before: map.slice(0, -1), act: map.at(-1)! };
  if (way.hook === 'later') return { before: map.slice(0, 1), act: map[1]! };
  return { before: map, act: { type: 'read', at: 'm' } };
}

function namesOf({ given }: AtlasMaker, call: Call): FunctionPage['names'] {
  const found = new Map<string, string[]>();
  for (const kernel of given.kernels) {
    const facts = kernelFacts(findProfile(kernel)!).find(({ name, kind }) => name === call && kind === 'event');
    const key = facts === undefined || facts.comes !== undefined ? '-' : `${facts.function} ${facts.file}`;
    found.set(key, [...(found.get(key) ?? []), kernel]);
  }
  return [...found].map(([key, kernels]) => {
    const [name, file] = key.split(' ') as [string, string?];
    return { name, file: file ?? '-', kernels: rangeText(kernels, given.kernels) };
  });
}
