// SPDX-License-Identifier: GPL-2.0-or-later
/** A log as a script of the laboratory: the model plays it to learn where mappings come to lie, then each event becomes a line. */
import { DEFAULT_PROFILE, FEATURES, type LaneOptions, type Outcome, type Player } from '@specialbit/core';
import { F, newOutcome } from '@specialbit/core/kernel';
import { isStatement, type LogEvent, type LogHeader, PAGE_INSERTS } from '@specialbit/events';
import { labFilesOf, sizeLines } from './files.js';
import { type LogItem, playLog } from './play-log.js';
import { ScriptWriter } from './script-writer.js';
import { settingLines } from './settings.js';
import { Slots } from './slots.js';

/** A line, and what of the log it is. */
export interface ScriptLine {
  readonly text: string;
  /** Numbers of the events that it carries out: several for mmap.begin to mmap.end, none for what the header says. */
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

/** Compiles a log for one lane: addresses are those that the model gives there. */
export function compileLog(header: LogHeader, items: readonly LogItem[], lane: LaneOptions): CompiledLog {
  const told = items.filter(({ event }) => !isStatement(event) || procOperations(event, lane).length > 0);
  const played = playLog(told, lane, { before: releasedFrame });
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
  const writer = new ScriptWriter(slots, files, profile.has(FEATURES.mmap_actions), finds, lane);
  const lines: ScriptLine[] = [...settingLines(lane), ...sizeLines(files)].map((text) => ({
    text,
    events: [],
    outcome: newOutcome(),
  }));
  const left: Inexpressible[] = [];
  for (const { event, number, numbers, located, outcome, inside, absent } of played) {
    const made = isStatement(event)
      ? procOperations(event, lane).map((name) => writer.atPlace(name, 'mm' in event ? event.mm : 0, located))
      : [absent === undefined ? writer.line(event, located, inside) : { not: absent }];
    for (const line of made)
      if (typeof line === 'string') lines.push({ text: line, events: numbers, outcome });
      else left.push({ number, type: event.type, why: line.not });
  }
  return { lines, left };
}

/** What the laboratory for huge pages can look up in /proc of what a statement expects. */
function procOperations(event: LogEvent, lane: LaneOptions): string[] {
  if (event.type !== 'expect' || event.at === undefined || !hasHugePages(lane)) return [];
  const pagemap = event.kpagecount !== undefined || event.mmap_exclusive !== undefined;
  return [...(event.smaps === undefined ? [] : ['smaps']), ...(pagemap ? ['pagemap'] : [])];
}

/** Does the lane need a machine with huge pages: transparent ones, or hugetlb? */
export function hasHugePages({ profile = DEFAULT_PROFILE, hugetlb }: LaneOptions): boolean {
  return hugetlb !== undefined || profile.config.has('CONFIG_TRANSPARENT_HUGEPAGE');
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

const INSERTERS: ReadonlySet<string> = new Set(PAGE_INSERTS);
