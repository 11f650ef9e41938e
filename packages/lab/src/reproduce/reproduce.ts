// SPDX-License-Identifier: GPL-2.0-or-later
/** A log as a stand-alone reproducer: a module, a program, a Makefile, and what is to be seen. */
import { type DriverCall, formatEvent, formatHeader, type LogEvent, type LogHeader } from '@specialbit/events';
import type { LogItem, PlayedEvent } from '../script/play-log.js';
import type { FramePlace, FrameRun, Not } from './frames.js';
import { LaneGroups } from './lane-groups.js';
import { MAKEFILE_TEXT } from './makefile.js';
import { ModuleWriter } from './module-source.js';
import { HEADER_TEXT } from './module-text.js';
import { plainLines } from './plain-calls.js';
import { type Plan, type PlannedStep, planLog, type ReproLane } from './plan.js';
import { type Act, actOf, programText } from './program-source.js';
import { type LeftOut, readmeText } from './readme.js';

export interface Reproducer {
  /** By name: what the folder is to have. */
  readonly files: ReadonlyMap<string, string>;
  /** Events that are not in it, with the reason. */
  readonly left: readonly LeftOut[];
  /** Events that are. */
  readonly made: readonly number[];
  /** Names of the lanes, those together of which the same is expected. */
  readonly groups: readonly (readonly string[])[];
  /** An event, on a lane, that kills the kernel or never returns. */
  readonly fatal: boolean;
  /** It wants memory without struct page, above what the kernel has, or below. */
  readonly bare: boolean;
  readonly hole: boolean;
}

/** Rounds: what follows an event that was left out may name what is then not there. */
const ROUNDS = 4;

/** A reproducer of a log. `lanes`: for which it knows what is to be seen, at least one. A text says why there is none. */
export function reproduce(
  header: LogHeader,
  items: readonly LogItem[],
  lanes: readonly ReproLane[],
): Reproducer | string {
  const left = new Map<number, LeftOut>();
  const note = ({ number, event }: PlayedEvent, why: string): void => {
    if (!left.has(number)) left.set(number, { number, type: event.type, why });
  };
  let watched: readonly { readonly place: FramePlace; readonly block: boolean }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const dropped = new Set([...left.keys()]);
    const kept = items.filter(({ number }) => !dropped.has(number));
    const plan = planLog(header, withoutHalves(kept), lanes, watched);
    if (plan.no !== undefined) return plan.no;
    const before = left.size;
    const written = write(plan, note);
    const frames = watchedOf(written.runs);
    const settled = left.size === before && frames.length === watched.length;
    watched = frames;
    if (!settled) continue;
    const made = plan.steps.filter((_, i) => written.acts[i] !== undefined);
    if (made.length === 0) return [...left.values()][0]?.why ?? 'a log without events';
    return finish(
      plan,
      items,
      written,
      [...left.values()].sort((a, b) => a.number - b.number),
    );
  }
  return 'what is left out of it changes what is to be left out';
}

/** mmap.end without its begin says nothing. */
function withoutHalves(items: readonly LogItem[]): LogItem[] {
  const open = new Set<number>();
  return items.filter(({ event }) => {
    if (event.type === 'mmap.begin') open.add(event.mm);
    if (event.type !== 'mmap.end') return true;
    return open.delete(event.mm);
  });
}

interface Written {
  readonly module: string;
  readonly acts: readonly (Act | undefined)[];
  readonly runs: readonly FrameRun[];
  readonly devices: readonly string[];
}

function write(plan: Plan, note: (played: PlayedEvent, why: string) => void): Written {
  const { header, steps, frames } = plan;
  const devices = Object.entries(header.files ?? {})
    .filter(([, { kind }]) => kind === 'device')
    .map(([name]) => name);
  const prepared = new Set<string>();
  const plainly = new Set<string>();
  for (const {
    played: { event },
  } of steps) {
    if ((event.type !== 'mmap' && event.type !== 'mmap.begin') || event.file === undefined) continue;
    (event.prepare === true ? prepared : plainly).add(event.file);
  }
  const module = new ModuleWriter(header.title ?? 'A log of specialbit', frames, devices, prepared);
  const acts = steps.map((step): Act | undefined => {
    const act = stepAct(step, plan, module, prepared, plainly);
    if (!('not' in act)) return act;
    note(step.played, act.not);
    return undefined;
  });
  return { module: module.text(), acts, runs: frames.runs, devices };
}

function stepAct(
  step: PlannedStep,
  { header, frames, lanes }: Plan,
  module: ModuleWriter,
  prepared: ReadonlySet<string>,
  plainly: ReadonlySet<string>,
): Act | Not {
  const { played, at } = step;
  const { event, number } = played;
  if (step.wants.every((want) => want === null))
    return { not: played.absent ?? `it names what is not there on ${lanes.map(({ name }) => name).join(', ')}` };
  if (event.type === 'mmap' || event.type === 'mmap.begin') {
    if (event.prepare === true && event.file !== undefined && prepared.has(event.file) && plainly.has(event.file))
      return { not: 'a device with ->mmap and ->mmap_prepare' };
    const act = actOf(step, header);
    if ('not' in act || event.file === undefined || header.files?.[event.file]?.kind !== 'device') return act;
    const inside = event.type === 'mmap' ? (event.call ?? []) : played.inside;
    const cow = (event.flags & 1) === 0;
    return module.mmap(event, inside, number, cow) ?? act;
  }
  const plain = plainLines(event, frames);
  if (plain !== undefined) {
    if ('not' in plain) return plain;
    const file = event.type === 'unmap_mapping_range' ? event.file : undefined;
    if (file !== undefined && header.files?.[file]?.kind !== 'device')
      return { not: "unmap_mapping_range of a file that is not the driver's" };
    module.plain(plain, number);
    const where = at === undefined ? 'NULL' : `at(${at.cluster}, ${at.page})`;
    return {
      lines: [`ret = driver(${file === undefined ? 'control()' : `file_${file}`}, ${number}, ${where});`],
      sees: 'ret',
    };
  }
  if (event.type === 'set_vm_ops') {
    const no = module.setOps(event.ops, number);
    return (
      no ?? { lines: [`ret = driver(control(), ${number}, at(${at?.cluster ?? 0}, ${at?.page ?? 0}));`], sees: 'ret' }
    );
  }
  if (isDriverCall(event)) {
    const no = module.later(step, event, number);
    if (at === undefined) return { not: 'it names no place' };
    return no ?? { lines: [`ret = driver(control(), ${number}, at(${at.cluster}, ${at.page}));`], sees: 'ret' };
  }
  return actOf(step, header);
}

const CALLS = /^(vm_|vmf_|remap_|io_remap|zap_|set_pte|clear_pte|set_vm_(pgoff|start|end)|pgprot_|dma_mmap)/;

function isDriverCall(event: LogEvent): event is DriverCall & { readonly mm: number } {
  return CALLS.test(event.type);
}

/** Pages whose counts are looked at. */
function watchedOf(runs: readonly FrameRun[]): { readonly place: FramePlace; readonly block: boolean }[] {
  const watched: { place: FramePlace; block: boolean }[] = [];
  for (const { name, kind, frames } of runs) {
    if (kind === 'bare' || kind === 'hole') continue;
    for (let index = 0; index < (kind === 'block' ? 1 : frames); index++)
      watched.push({ place: { run: name, index }, block: kind === 'block' });
  }
  return watched;
}

function finish(
  plan: Plan,
  items: readonly LogItem[],
  { module, acts, runs, devices }: Written,
  left: readonly LeftOut[],
): Reproducer {
  const groups = new LaneGroups(plan);
  const made = acts.map((act) => act !== undefined);
  const log = [formatHeader(plan.header), ...items.map(({ event }) => formatEvent(event))]
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
  const files = new Map([
    ['repro.c', module],
    ['repro.h', HEADER_TEXT],
    ['play.c', programText({ plan, groups, runs, devices, acts })],
    ['Makefile', MAKEFILE_TEXT],
    ['README.md', readmeText(plan, groups, left, runs, made)],
    ['log.jsonl', log],
  ]);
  const fatal = plan.steps.some(
    ({ wants }, i) =>
      made[i] && wants.some((want) => want !== null && (want.outcome.crash !== null || want.outcome.hang)),
  );
  return {
    files,
    left,
    made: plan.steps.flatMap(({ played }, i) => (made[i] ? played.numbers : [])),
    groups: groups.representatives.map((_, group) => groups.names(group)),
    fatal,
    bare: runs.some(({ kind }) => kind === 'bare'),
    hole: runs.some(({ kind }) => kind === 'hole'),
  };
}
