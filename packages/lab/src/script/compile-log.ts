// SPDX-License-Identifier: GPL-2.0-or-later
/** A log as a script of the laboratory: the model plays it to learn where mappings come to lie, then each event becomes a line. */
import {
  createWorld,
  DEFAULT_PROFILE,
  FEATURES,
  kernelOptions,
  type LaneOptions,
  LogReferenceError,
  type Outcome,
  Player,
} from '@specialbit/core';
import { F } from '@specialbit/core/kernel';
import { type DriverCall, isStatement, type LogEvent, type LogHeader, type Place } from '@specialbit/events';
import { labFilesOf } from './files.js';
import { type Located, ScriptWriter } from './script-writer.js';
import { Slots } from './slots.js';

/** An event of a log, with its number (from 1, as every command counts). */
export interface LogItem {
  readonly number: number;
  readonly event: LogEvent;
}

/** A line, and what of the log it is. */
export interface ScriptLine {
  readonly text: string;
  /** Numbers of the events that it carries out: several for mmap.begin to mmap.end. */
  readonly events: readonly number[];
  /** What the model, playing the log, says of the (last) event. */
  readonly outcome: Outcome;
}

/** An event that the laboratory cannot carry out. */
export interface Inexpressible {
  readonly number: number;
  readonly type: string;
  readonly why: string;
}

export interface CompiledLog {
  readonly lines: readonly ScriptLine[];
  readonly left: readonly Inexpressible[];
}

interface Played extends LogItem {
  readonly located: Located;
  readonly pages: number;
  readonly outcome: Outcome;
  /** For mmap.begin: what came until its end. */
  readonly inside: readonly (DriverCall | LogEvent)[];
  readonly numbers: readonly number[];
  /** It names what is not there. */
  readonly absent?: string;
}

/** Compiles a log for one lane: addresses are those that the model gives there. */
export function compileLog(header: LogHeader, items: readonly LogItem[], lane: LaneOptions): CompiledLog {
  const told = items.filter(({ event }) => !isStatement(event));
  const played = play(told, lane);
  const ranges = played.flatMap(({ located, pages }) =>
    [located.at, located.to].flatMap((vpn) => (vpn === undefined ? [] : [[vpn, vpn + pages] as const])),
  );
  const slots = new Slots(ranges, lane.arch.page.size);
  const files = labFilesOf(
    header,
    told.map(({ event }) => event),
  );
  const { profile = DEFAULT_PROFILE } = lane;
  const finds = !profile.has(FEATURES.find_normal_page) || profile.config.has('CONFIG_FIND_NORMAL_PAGE');
  const writer = new ScriptWriter(slots, files, profile.has(FEATURES.mmap_actions), finds);
  const lines: ScriptLine[] = [];
  const left: Inexpressible[] = [];
  for (const { event, number, numbers, located, outcome, inside, absent } of played) {
    const line = absent === undefined ? writer.line(event, located, inside) : { not: absent };
    if (typeof line === 'string') lines.push({ text: line, events: numbers, outcome });
    else left.push({ number, type: event.type, why: line.not });
  }
  return { lines, left };
}

/** The log on the model, mmap.begin to mmap.end as one. */
function play(items: readonly LogItem[], lane: LaneOptions): Played[] {
  const player = new Player(kernelOptions(lane), createWorld(lane));
  const played: Played[] = [];
  const open = new Map<
    number,
    { readonly index: number; readonly inside: (DriverCall | LogEvent)[]; readonly numbers: number[] }
  >();
  for (const { number, event } of items) {
    const mm = 'mm' in event ? event.mm : 0;
    const before = locate(player, event, mm);
    const released = releasedFrame(player, event);
    let outcome: Outcome;
    try {
      outcome = { ...player.step(event) };
    } catch (error) {
      if (!(error instanceof LogReferenceError)) throw error;
      player.skip();
      const out = { ...player.kernel.out };
      played.push({
        number,
        event,
        located: {},
        pages: 0,
        outcome: out,
        inside: [],
        numbers: [number],
        absent: error.message,
      });
      continue;
    }
    const pages = pagesOf(event);
    const opened = open.get(mm);
    if (event.type === 'mmap.end' && opened !== undefined) {
      open.delete(mm);
      const begun = played[opened.index]!;
      const to = outcome.mapped >= 0 ? outcome.mapped : begun.located.to;
      played[opened.index] = {
        ...begun,
        outcome,
        located: to === undefined ? {} : { at: to, to },
        inside: opened.inside,
        numbers: [...opened.numbers, number],
        ...(event.error === undefined ? {} : { absent: 'a ->mmap that fails by itself' }),
      };
      continue;
    }
    if (opened !== undefined) {
      opened.inside.push(relative(event, before.at, begunAt(player, mm)));
      opened.numbers.push(number);
      continue;
    }
    if (event.type === 'mmap.begin') open.set(mm, { index: played.length, inside: [], numbers: [number] });
    const to = event.type === 'mmap.begin' ? begunAt(player, mm) : outcome.mapped >= 0 ? outcome.mapped : before.to;
    const isMap = event.type === 'mmap' || event.type === 'mmap.begin';
    const at = isMap ? (to ?? before.at) : before.at;
    const located = { ...(at === undefined ? {} : { at }), ...((to ?? at) === undefined ? {} : { to: (to ?? at)! }) };
    played.push({
      number,
      event,
      located,
      pages,
      outcome,
      inside: [],
      numbers: [number],
      ...(released === undefined ? {} : { absent: released }),
    });
  }
  return played;
}

/**
 * The harness holds its frames by references of its own, so that a call looks otherwise at one that has none left. Why a call that
 * inserts such a page cannot be carried out; undefined where it can.
 */
function releasedFrame({ kernel }: Player, event: LogEvent): string | undefined {
  if (!INSERTERS.has(event.type) || !('frame' in event) || event.frame === undefined) return undefined;
  const { frame } = event;
  if (typeof frame !== 'object' || !('label' in frame)) return undefined;
  const first = kernel.machine.pfnOf(frame.label);
  if (first === undefined) return undefined;
  const pages = 'pages' in event ? (event.pages ?? 1) : 1;
  for (let pfn = first; pfn < first + pages; pfn++)
    if (kernel.machine.pfn_valid(pfn) && kernel.frames.get(pfn, F.count) === 0)
      return `${frame.label} has no reference left: the laboratory's frames are held by the harness as well`;
  return undefined;
}

const INSERTERS = new Set(['vm_insert_page', 'vm_insert_pages', 'vm_map_pages', 'vm_map_pages_zero']);

/** The page at which the mapping that is being made begins. */
function begunAt(player: Player, mm: number): number | undefined {
  return player.kernel.opened.get(mm)?.vma.vm_start;
}

/** A call between mmap.begin and mmap.end, its place relative to the mapping. */
function relative(event: LogEvent, at: number | undefined, start: number | undefined): DriverCall | LogEvent {
  if (at === undefined || start === undefined || !('at' in event)) return event;
  return { ...event, at: { label: '', page: at - start } } as LogEvent;
}

function locate(player: Player, event: LogEvent, mm: number): Located {
  const { at, to } = event as { readonly at?: Place; readonly to?: Place };
  const vpn = (place: Place | undefined): number | undefined => {
    if (place === undefined) return undefined;
    if ('addr' in place) return Math.floor(place.addr / player.kernel.arch.page.size);
    const start = player.kernel.mms.get(mm)?.startOf(place.label);
    return start === undefined ? undefined : start + place.page;
  };
  const [from, target] = [vpn(at), vpn(to)];
  return { ...(from === undefined ? {} : { at: from }), ...(target === undefined ? {} : { to: target }) };
}

function pagesOf(event: LogEvent): number {
  const { pages = 1, new_pages = 0 } = event as { readonly pages?: number; readonly new_pages?: number };
  return Math.max(pages, new_pages, 1);
}
