// SPDX-License-Identifier: GPL-2.0-or-later
/** The tables of how recordings and the model agree. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { architectures } from '@specialbit/arch-x86';
import { createWorld, findProfile, kernelOptions, Player, withConfig } from '@specialbit/core';
import type { Architecture } from '@specialbit/core/arch';
import {
  type DriverRowCheck,
  driverRows,
  formatDifference,
  type Imported,
  type ReplayCheck,
  replayChecked,
} from '@specialbit/importers';
import { importRecording, openRecording, type RecordingOptions } from '@specialbit/importers/node';

export const x86_64: Architecture = architectures.find(({ name }) => name === 'x86_64')!;

/** Folders with a meta.json below `root`, deepest names last. */
export function recordingsBelow(root: string): string[] {
  const found: string[] = [];
  const visit = (dir: string, depth: number): void => {
    const names = readdirSync(dir);
    if (names.includes('meta.json')) {
      found.push(dir);
      return;
    }
    if (depth === 0) return;
    for (const name of names.sort()) if (statSync(join(dir, name)).isDirectory()) visit(join(dir, name), depth - 1);
  };
  visit(root, 2);
  return found;
}

interface Sum {
  compared: number;
  equal: number;
}

export interface RecordingResult {
  readonly name: string;
  readonly images: Sum;
  readonly vmas: Sum;
  readonly flags: Sum;
  /** vm_pgoff and the identity of anon_vma. */
  readonly anon: Sum;
  readonly rss: Sum;
  readonly pages: Sum;
  readonly missing: number;
  readonly extra: number;
  /** Anonymous pages with the very frame. */
  readonly frames: Sum;
  /** Of the pages with the very frame: the raw entry, but for the accessed and dirty bits. */
  readonly raw: Sum;
  readonly differences: readonly string[];
  /** Driver mappings, as the first snapshot that has them shows them. */
  readonly drivers: readonly DriverRowCheck[];
  readonly imported: Imported;
  readonly replay: ReplayCheck;
  readonly importing: number;
}

const sum = (): Sum => ({ compared: 0, equal: 0 });
function add(to: Sum, check: { readonly compared: number; readonly equal: number }): void {
  to.compared += check.compared;
  to.equal += check.equal;
}

/** Imports, replays and compares one recording. */
export async function checkRecording(dir: string, options: RecordingOptions = {}): Promise<RecordingResult> {
  const recording = await openRecording(dir);
  const started = performance.now();
  const imported = await importRecording(recording, options);
  const importing = performance.now() - started;
  const sums = {
    images: sum(),
    vmas: sum(),
    flags: sum(),
    anon: sum(),
    rss: sum(),
    pages: sum(),
    frames: sum(),
    raw: sum(),
  };
  const differences: string[] = [];
  const drivers = new Map<string, DriverRowCheck>();
  let missing = 0;
  let extra = 0;
  const replay = replayChecked(imported, x86_64, (check, kernel) => {
    const { maps, flags, pages, image, checkpoint } = check;
    const fine = maps.differences.length === 0;
    add(sums.images, { compared: 1, equal: fine ? 1 : 0 });
    add(sums.vmas, maps);
    add(sums.flags, flags);
    add(sums.anon, check.vmas);
    add(sums.rss, check.sizes);
    add(sums.pages, pages);
    add(sums.frames, { compared: pages.anon, equal: pages.anonPfn });
    add(sums.raw, { compared: pages.framed, equal: pages.raw });
    missing += pages.missing;
    extra += pages.extra;
    for (const difference of [...maps.differences, ...flags.differences]) {
      differences.push(`${checkpoint.mark.n} ${checkpoint.mark.label} ${image.pid}: ${formatDifference(difference)}`);
    }
    if (check.mm === undefined) return;
    for (const row of driverRows(kernel, check.mm, image.snapshot)) {
      const key = row.name.replace(/\d+/g, '');
      const known = drivers.get(key);
      if (known === undefined || (known.kernel.entries === 0 && row.kernel.entries > 0)) drivers.set(key, row);
    }
  });
  const name = dir
    .split('/')
    .slice(-2)
    .join('/')
    .replace(/^(?!drivers\/).*\//, '');
  return { name, ...sums, missing, extra, differences, drivers: [...drivers.values()], imported, replay, importing };
}

/** Mappings whose place the kernel chose, and how many of them the model would have put there by itself. */
export async function addressChoices(dir: string): Promise<Sum> {
  const { header, events } = await importRecording(await openRecording(dir));
  const profile = withConfig(findProfile(header.profile!)!, header.config);
  const lane = { arch: x86_64, machine: header.machine!.default!, profile, files: header.files!, mms: [] };
  const options = kernelOptions(lane);
  const player = new Player(options, createWorld(lane));
  const choices = sum();
  for (const event of events) {
    if ((event.type === 'mmap' || event.type === 'mremap') && event.mapped_at !== undefined) {
      const { mapped_at, ...asked } = event;
      const { mapped } = player.probe(asked);
      const same = 'addr' in mapped_at && mapped * x86_64.page.size === mapped_at.addr;
      add(choices, { compared: 1, equal: same ? 1 : 0 });
    }
    player.step(event);
  }
  return choices;
}

const of = ({ equal, compared }: Sum): string => `${equal}/${compared}`;
const percent = ({ equal, compared }: Sum): string =>
  compared === 0 ? '-' : `${((100 * equal) / compared).toFixed(2)} %`;

/** Rows as a table of Markdown. */
export function markdown(rows: readonly (readonly string[])[]): string {
  const [head, ...body] = rows;
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head!), line(head!.map(() => '---')), ...body.map(line)].join('\n');
}

export function recordingsTable(results: readonly RecordingResult[]): string {
  const head = [
    'recording',
    'images',
    'VMAs',
    'VmFlags',
    'anon_vma',
    'Rss per VMA',
    'pages',
    'missing',
    'extra',
    'frames of anonymous pages',
    'raw PTEs',
    'events',
    'events/s',
  ];
  const rows = results.map((r) => {
    const { length } = r.imported.events;
    const seconds = (r.importing + r.replay.milliseconds) / 1000;
    return [
      r.name,
      of(r.images),
      of(r.vmas),
      of(r.flags),
      of(r.anon),
      of(r.rss),
      percent(r.pages),
      String(r.missing),
      String(r.extra),
      percent(r.frames),
      percent(r.raw),
      String(length),
      String(Math.round(length / seconds)),
    ];
  });
  return markdown([head, ...rows]);
}

export function driversTable(results: readonly RecordingResult[]): string {
  const head = ['recording', 'mapping', 'map', 'VmFlags', 'entries', 'special', 'map count', 'refcount', 'Rss kB'];
  const two = (kernel: unknown, model: unknown): string =>
    String(kernel) === String(model) ? `${kernel}` : `${kernel}; model ${model}`;
  const range = ([low, high]: readonly [number, number]): string => (low === high ? String(low) : `${low}-${high}`);
  const rows = results.flatMap((r) =>
    r.drivers
      .filter((row) => !row.name.startsWith('[v') || r.name === 'drivers/vvar_vdso')
      .map(({ name, kernel: k, model: m }) => [
        r.name,
        name,
        two(k.map, m.map),
        two(k.vm_flags, m.vm_flags),
        two(k.entries, m.entries),
        two(k.special, m.special),
        two(range(k.mapcount), range(m.mapcount)),
        two(range(k.refcount), range(m.refcount)),
        two(k.rss, m.rss),
      ]),
  );
  return markdown([head, ...rows]);
}
