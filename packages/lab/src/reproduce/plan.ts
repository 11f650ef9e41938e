// SPDX-License-Identifier: GPL-2.0-or-later
/** A log played on several lanes for a reproducer: what a program does, and what it is to see on each of them. */
import type { LaneOptions } from '@specialbit/core';
import { is_cow_mapping } from '@specialbit/core/kernel';
import { isStatement, type LogEvent, type LogHeader } from '@specialbit/events';
import { type LogItem, type PlayedEvent, playLog } from '../script/play-log.js';
import { type FramePlace, Frames } from './frames.js';
import { observe, type Seen } from './observe.js';
import { Places, type Spot } from './places.js';

/** A lane for which a reproducer knows what is to be seen. */
export interface ReproLane {
  /** `x86_64@6.12`. */
  readonly name: string;
  readonly options: LaneOptions;
}

/** What one lane is to show of a step; null: it names what is not there, or comes to lie elsewhere. */
export type Want = (Seen & { readonly spots: ReadonlyMap<number, Spot> }) | null;

export interface PlannedStep {
  /** On the first lane. */
  readonly played: PlayedEvent;
  readonly mm: number;
  readonly at: Spot | undefined;
  readonly to: Spot | undefined;
  /** The mapping was private and could be written to, before. */
  readonly cow: boolean;
  /** One for each lane. */
  readonly wants: readonly Want[];
}

export interface Plan {
  readonly header: LogHeader;
  readonly lanes: readonly ReproLane[];
  readonly steps: readonly PlannedStep[];
  readonly frames: Frames;
  /** Where each cluster of addresses begins within its page tables. */
  readonly begins: readonly number[];
  /** Why the program cannot be: undefined where it can. */
  readonly no: string | undefined;
}

/** References of the module on each of its pages beside the one that is counted, so that none is freed under it. */
export const MODULE_REFS = 64;

/** Plays the log. `watched`: frames whose counts are looked at. */
export function planLog(
  header: LogHeader,
  items: readonly LogItem[],
  lanes: readonly ReproLane[],
  watched: readonly { readonly place: FramePlace; readonly block: boolean }[],
): Plan {
  const told = items.filter(({ event }) => !isStatement(event));
  const plays = lanes.map(({ options }) => playOn(told, { ...options, hiddenRefs: MODULE_REFS }, watched));
  const [first] = plays as [LanePlay];
  const steps = first.played.map((played, i): PlannedStep => {
    const spot = (vpn: number | undefined): Spot | undefined => (vpn === undefined ? undefined : first.places.of(vpn));
    const [at, to] = [spot(played.located.at), spot(played.located.to)];
    const mm = 'mm' in played.event ? played.event.mm : 0;
    const wants = plays.map((play) => wantOf(play, i, at));
    return { played, mm, at, to, cow: first.cow[i] ?? false, wants };
  });
  const pmds = new Set(
    Object.entries(header.blocks ?? {})
      .filter(([, { order }]) => order === 'pmd')
      .map(([name]) => name),
  );
  const [{ options }] = lanes as [ReproLane];
  return {
    header,
    lanes,
    steps,
    frames: new Frames(options, pmds),
    begins: first.places.begins,
    no: first.places.tooLarge(options.arch.page.size),
  };
}

interface LanePlay {
  readonly played: readonly PlayedEvent[];
  readonly seen: ReadonlyMap<number, Seen>;
  readonly cow: readonly boolean[];
  readonly places: Places;
}

function playOn(told: readonly LogItem[], lane: LaneOptions, watched: Parameters<typeof observe>[4]): LanePlay {
  const seen = new Map<number, Seen>();
  const cow: boolean[] = [];
  let isCow = false;
  const played = playLog(told, lane, {
    before: ({ kernel }, event) => {
      const { mm: id = 0, at } = event as {
        readonly mm?: number;
        readonly at?: { addr?: number; label?: string; page?: number };
      };
      const mm = kernel.mms.get(id);
      const start = at?.label === undefined ? undefined : mm?.startOf(at.label);
      const vpn =
        at?.addr !== undefined
          ? Math.floor(at.addr / kernel.arch.page.size)
          : start === undefined
            ? undefined
            : start + (at?.page ?? 0);
      const vma = vpn === undefined ? undefined : mm?.vma_lookup(vpn);
      isCow = vma !== undefined && is_cow_mapping(vma.vm_flags);
      return undefined;
    },
    after: (player, index) => {
      const event = player.kernel.out;
      cow[index] = isCow;
      seen.set(index, observe(player, mmOf(told, player.position), event, lane, watched));
    },
  });
  const ranges = played.flatMap(({ located, pages }) =>
    [located.at, located.to].flatMap((vpn) => (vpn === undefined ? [] : [[vpn, vpn + pages] as const])),
  );
  return { played, seen, cow, places: new Places(ranges) };
}

function mmOf(told: readonly LogItem[], position: number): number {
  const event = told[position - 1]?.event as (LogEvent & { readonly mm?: number }) | undefined;
  return event?.mm ?? 0;
}

function wantOf({ played, seen, places }: LanePlay, i: number, at: Spot | undefined): Want {
  const own = played[i];
  const saw = seen.get(i);
  if (own === undefined || saw === undefined || own.absent !== undefined) return null;
  const here = own.located.at === undefined ? undefined : places.of(own.located.at);
  if (here?.cluster !== at?.cluster || here?.page !== at?.page) return null;
  const spots = new Map<number, Spot>();
  for (const { start } of saw.vmas) {
    const spot = places.of(start);
    if (spot !== undefined) spots.set(start, spot);
  }
  return { ...saw, outcome: own.outcome, spots };
}
