// SPDX-License-Identifier: GPL-2.0-or-later
/** A log on the model, to learn where its mappings come to lie and what each event returns. */
import {
  createWorld,
  kernelOptions,
  type LaneOptions,
  LogReferenceError,
  type Outcome,
  Player,
} from '@specialbit/core';
import { newOutcome } from '@specialbit/core/kernel';
import { type DriverCall, isStatement, type LogEvent, type Place } from '@specialbit/events';
import type { Located } from './script-writer.js';

/** An event of a log, with its number (from 1, as every command counts). */
export interface LogItem {
  readonly number: number;
  readonly event: LogEvent;
}

/** An event, or mmap.begin to mmap.end, as the model carried it out. */
export interface PlayedEvent extends LogItem {
  readonly located: Located;
  /** Pages that it is about, at least 1. */
  readonly pages: number;
  readonly outcome: Outcome;
  /** For mmap.begin: what came until its end. */
  readonly inside: readonly (DriverCall | LogEvent)[];
  readonly numbers: readonly number[];
  /** It names what is not there. */
  readonly absent?: string;
}

/** Looks at the player while it plays. */
export interface Onlooker {
  /** Before an event: why it is not to be carried out; undefined: it is. The model carries it out all the same. */
  readonly before?: (player: Player, event: LogEvent) => string | undefined;
  /** After an event, whose entry is `index`. */
  readonly after?: (player: Player, index: number) => void;
}

/** The log on the model, mmap.begin to mmap.end as one. A statement says where its page lies. */
export function playLog(
  items: readonly LogItem[],
  lane: LaneOptions,
  { before: asked, after }: Onlooker = {},
): PlayedEvent[] {
  const player = new Player(kernelOptions(lane), createWorld(lane));
  const played: PlayedEvent[] = [];
  const open = new Map<
    number,
    { readonly index: number; readonly inside: (DriverCall | LogEvent)[]; readonly numbers: number[] }
  >();
  let elsewhere = 0;
  for (const { number, event } of items) {
    const mm = 'mm' in event ? event.mm : 0;
    const before = locate(player, event, mm);
    if (isStatement(event)) {
      const asked = { number, event, pages: 1, outcome: newOutcome(), inside: [], numbers: [number] };
      if (before.at !== undefined) played.push({ ...asked, located: { at: before.at } });
      continue;
    }
    const refused = asked?.(player, event);
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
      after?.(player, opened.index);
      continue;
    }
    if (opened !== undefined) {
      opened.inside.push(relative(event, before.at, begunAt(player, mm)));
      opened.numbers.push(number);
      continue;
    }
    if (event.type === 'mmap.begin') open.set(mm, { index: played.length, inside: [], numbers: [number] });
    const isMap = event.type === 'mmap' || event.type === 'mmap.begin';
    const to =
      event.type === 'mmap.begin'
        ? begunAt(player, mm)
        : outcome.mapped >= 0
          ? outcome.mapped
          : (before.to ??
            (isMap && before.at === undefined && hasNoPages(outcome) ? ELSEWHERE * ++elsewhere : undefined));
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
      ...(refused === undefined ? {} : { absent: refused }),
    });
    after?.(player, played.length - 1);
  }
  return played;
}

/** Pages between places of mappings that found none, all of them far from what a log maps. */
const ELSEWHERE = 2 ** 34;

/** The pool of hugetlb has too few pages for the mapping, wherever it were to lie. */
function hasNoPages({ reasons }: Outcome): boolean {
  return reasons.includes('hugetlb_not_reserved');
}

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
