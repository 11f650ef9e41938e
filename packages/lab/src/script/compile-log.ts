// SPDX-License-Identifier: GPL-2.0-or-later
/** A log as a script of the laboratory: the model plays it to learn where mappings come to lie, then each event becomes a line. */
import { DEFAULT_PROFILE, FEATURES, type LaneOptions, type Outcome, type Player } from '@specialbit/core';
import { F } from '@specialbit/core/kernel';
import { isStatement, type LogEvent, type LogHeader, PAGE_INSERTS } from '@specialbit/events';
import { labFilesOf } from './files.js';
import { type LogItem, playLog } from './play-log.js';
import { ScriptWriter } from './script-writer.js';
import { Slots } from './slots.js';

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

/** Compiles a log for one lane: addresses are those that the model gives there. */
export function compileLog(header: LogHeader, items: readonly LogItem[], lane: LaneOptions): CompiledLog {
  const told = items.filter(({ event }) => !isStatement(event));
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
