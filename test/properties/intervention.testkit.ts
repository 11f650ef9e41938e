// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Interventions without the comparison: two lanes are played event by event with nothing but players, some events with
 * things exchanged, and what is left is looked at directly.
 */
import {
  createWorld,
  DECISIONS,
  type Decision,
  exchangedLanes,
  kernelOptions,
  type LaneOptions,
  LogReferenceError,
  MM_COUNTER_NAMES,
  type NamedLane,
  type Outcome,
  type Part,
  Player,
  type ProvedCause,
} from '@specialbit/core';
import { decideEntry, F, frameLabel, type Kernel } from '@specialbit/core/kernel';
import type { LogEvent } from '@specialbit/events';

/** A lane after an event: undefined where it could not carry it out. */
interface Played {
  readonly k: Kernel;
  readonly outcome: Outcome | undefined;
}

function step(player: Player, event: LogEvent): Outcome | undefined {
  try {
    return player.step(event);
  } catch (error) {
    if (!(error instanceof LogReferenceError)) throw error;
    return undefined;
  }
}

/** Plays up to event `n`, that one included; `othersAt` says as which other lane an event is played. */
function play(
  lane: LaneOptions,
  events: readonly LogEvent[],
  n: number,
  other: (index: number) => LaneOptions | undefined,
  always: LaneOptions = lane,
): Played {
  let world = createWorld(always);
  let player = new Player(kernelOptions(always), world);
  let outcome: Outcome | undefined;
  for (let i = 0; i <= n; i++) {
    const as = other(i);
    if (as === undefined) {
      outcome = step(player, events[i]!);
      continue;
    }
    world = player.world();
    const otherPlayer = new Player(kernelOptions(as), world);
    outcome = step(otherPlayer, events[i]!);
    if (i === n) return { k: otherPlayer.kernel, outcome };
    player = new Player(kernelOptions(always), otherPlayer.world());
  }
  return { k: player.kernel, outcome };
}

/** Both lanes of a cause after event `n`, with it exchanged at the events `at` (from 0), or in all of them. */
export function intervene(
  lanes: readonly NamedLane[],
  cause: ProvedCause,
  events: readonly LogEvent[],
  n: number,
  at: readonly number[] | 'all',
): readonly [Played, Played] {
  const [a, b] = cause.lanes.map((name) => lanes.find((lane) => lane.name === name)!.options) as [
    LaneOptions,
    LaneOptions,
  ];
  const names = cause.traits.map(({ name }) => name);
  const { left, right } = exchangedLanes(a, b, names);
  const other =
    (lane: LaneOptions) =>
    (i: number): LaneOptions | undefined =>
      at === 'all' || !at.includes(i) ? undefined : lane;
  return at === 'all'
    ? [play(a, events, n, () => undefined, left), play(b, events, n, () => undefined, right)]
    : [play(a, events, n, other(left)), play(b, events, n, other(right))];
}

/** What a part is about in a lane, as text; undefined for parts that are looked at nowhere else. */
function look({ kind, what, aspect }: Part, { k, outcome }: Played): string | undefined {
  if (what === 'the event') return String(outcome === undefined);
  if (kind === 'crash') return String(outcome?.crash?.what);
  if (kind === 'message')
    return outcome?.messages.map((m) => (m.kind === 'warning' ? m.reason : m.kind)).join(', ') ?? '';
  if (kind === 'signal' || kind === 'return') {
    return outcome === undefined ? '' : [outcome.ret, outcome.signal, outcome.si_code, outcome.hang].join();
  }
  const rss = /^mm (\d+) (MM_\w+)$/.exec(what);
  if (rss !== null)
    return String(k.mms.get(Number(rss[1]))?.rss[(MM_COUNTER_NAMES as readonly string[]).indexOf(rss[2]!)]);
  if (/^mm \d+$/.test(what)) return String(k.mms.has(Number(what.slice(3))));
  if (kind === 'reference' || kind === 'mapcount') {
    const pfn = k.machine.pfnOf(what);
    return pfn === undefined ? undefined : String(k.frames.get(pfn, kind === 'reference' ? F.count : F.mapcount));
  }
  const page = /^(?:mm (\d+) )?(\w+)\[(\d+)\]$/.exec(what);
  if ((kind === 'pte' || kind === 'decision') && page !== null) return lookAtPte(k, aspect, page);
  return undefined;
}

function lookAtPte(k: Kernel, aspect: string, [, id, label, index]: RegExpExecArray): string | undefined {
  const mm = k.mms.get(Number(id ?? 0));
  const start = mm?.startOf(label!);
  if (mm === undefined || start === undefined) return undefined;
  const p = { lo: 0, hi: 0 };
  const vpn = start + Number(index);
  const level = mm.pt.lookup(vpn, p);
  if (level !== 0) return undefined;
  if (!k.pte.present(p)) return k.pte.none(p) ? 'empty' : 'swapped';
  if (aspect === 'write') return String(k.pte.write(p));
  const vma = mm.vma_lookup(vpn);
  const decision = vma === undefined ? undefined : decideEntry(k, vma, vpn, level, p);
  const verdict = decision === undefined || decision === null ? 'stray' : DECISIONS[decision as Decision].verdict;
  const frame = frameLabel(k, k.pte.pfn(p));
  // pages that were allocated have other names where more were allocated before
  return aspect === 'vm_normal_page' ? verdict : /^A\d/.test(frame) ? 'a page of its own' : frame;
}

/** Whether the lanes still differ in a part; undefined where this look cannot tell. */
export function differs(part: Part, lanes: readonly [Played, Played]): boolean | undefined {
  const [a, b] = lanes.map((lane) => look(part, lane));
  return a === undefined || b === undefined ? undefined : a !== b;
}
