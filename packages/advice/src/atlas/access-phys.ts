// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * generic_access_phys() (mm/memory.c) as `->access`: access_process_vm() calls it where get_user_pages() finds no page. Each way
 * of a driver's is played with a handler that names it.
 */
import { memoryNamed } from '../memory.js';
import { headerJson } from '../proof.js';
import { type Json, Scene } from '../scene.js';
import { callText, hookText, WAYS } from '../ways.js';
import type { Answer, AtlasMaker } from './atlas.js';

export interface AccessRow {
  /** `remap_pfn_range() from ->mmap`. */
  readonly ways: readonly string[];
  /** `P`, `D`. */
  readonly frames: string;
  readonly op: 'reads' | 'writes' | 'reads and writes';
  readonly withBit: readonly Answer[];
  readonly without: readonly Answer[];
}

/** Rows of ways that answer alike stand together. */
export function accessRows(maker: AtlasMaker): AccessRow[] {
  const rows: AccessRow[] = [];
  const ways = WAYS.filter(({ call, hook }) => (hook === 'mmap' || hook === 'fault') && call !== 'generic_file_mmap');
  const add = (row: Omit<AccessRow, 'ways'>, way: string): void => {
    const at = rows.findIndex((one) => keyOf(one) === keyOf(row));
    if (at < 0) rows.push({ ...row, ways: [way] });
    else rows[at] = { ...rows[at]!, ways: [...rows[at]!.ways, way] };
  };
  for (const frames of ['pages', 'device'].map((name) => memoryNamed(name).frames[0]!)) {
    for (const way of ways) {
      const scene = new Scene({ way, frames, scattered: false, shared: true, prot: 'rw', pmdPages: 2 });
      const header = { specialbit: 1, ...headerJson(scene.header) };
      const before = [...scene.map().map(withAccess), ...scene.touch('read', 0)];
      const answers = (write: boolean): Omit<AccessRow, 'ways' | 'op'> | undefined => {
        const acts = { before, act: { type: 'access_process_vm', at: 'm', ...(write ? { write } : {}) } };
        const [set, none] = [true, false].map((bit) => maker.answers(header, acts, bit));
        // a way that cannot map says nothing of what comes behind
        if (set!.impossible && none!.impossible) return undefined;
        return { frames: frames.name, withBit: set!.answers, without: none!.answers };
      };
      const [reads, writes] = [answers(false), answers(true)];
      if (reads === undefined || writes === undefined) continue;
      const name = `${callText(way)} from ${hookText(way.hook)}${way.flags === '' ? '' : `, ${way.flags.replace('|', ' ')}`}`;
      const all = { ...reads, op: 'reads and writes' as const };
      if (keyOf(all) === keyOf({ ...writes, op: 'reads and writes' })) add(all, name);
      else {
        add({ ...reads, op: 'reads' }, name);
        add({ ...writes, op: 'writes' }, name);
      }
    }
  }
  return rows;
}

const keyOf = ({ frames, op, withBit, without }: Omit<AccessRow, 'ways'>): string =>
  JSON.stringify([frames, op, ...[withBit, without].map((all) => all.map(({ text, kernels }) => [text, kernels]))]);

/** The mmap of a scene, with `->access` among its handlers. */
const withAccess = (json: Json): Json =>
  json.type === 'mmap' ? { ...json, ops: { ...(json.ops as Json | undefined), access: true } } : json;
