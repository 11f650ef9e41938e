// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What was recorded wins. The events are played on the model, and where a call's recorded result is not what the model
 * reaches, the log is changed so that its replay comes to the recorded state: a call that failed is left out when the
 * model would carry it out, memory that calls succeed on and no event made is placed. Each such thing is counted.
 */
import {
  createWorld,
  DEFAULT_PROFILE,
  findProfile,
  kernelOptions,
  LogReferenceError,
  laneOf,
  type Outcome,
  Player,
  withConfig,
} from '@specialbit/core';
import type { Architecture } from '@specialbit/core/arch';
import { type Kernel, VM_FAULT_ERROR } from '@specialbit/core/kernel';
import { INSERTING_CALLS, type LogEvent, type LogHeader, VM_FLAGS } from '@specialbit/events';
import type { Origin } from './log-builder.js';
import { isOfALog } from './of-a-log.js';

/** How often something was recorded that the model does not reach, and the first lines of it. */
export interface Followed {
  readonly count: number;
  readonly lines: readonly number[];
}

export interface FollowedLog {
  readonly events: readonly LogEvent[];
  readonly origins: readonly Origin[];
  readonly followed: ReadonlyMap<string, Followed>;
  /** For each number of events before, how many they are now. */
  readonly position: (events: number) => number;
}

/** Calls whose recorded result can be held against the model's. */
const WITH_RESULT = new Set<LogEvent['type']>(['mmap', 'mremap', 'munmap', 'mprotect', 'madvise', 'mlock', 'munlock']);
/** Calls of drivers, whose results probes see: io_remap_pfn_range() is inline, and what it calls is seen. */
const DRIVER_CALLS = new Set<LogEvent['type']>(['remap_pfn_range', 'vm_iomap_memory', ...INSERTING_CALLS]);

/** Memory that nothing tells the flags of: private, anonymous, readable and writable. */
const UNKNOWN_FLAGS =
  VM_FLAGS.VM_READ |
  VM_FLAGS.VM_WRITE |
  VM_FLAGS.VM_MAYREAD |
  VM_FLAGS.VM_MAYWRITE |
  VM_FLAGS.VM_MAYEXEC |
  VM_FLAGS.VM_ACCOUNT;
const EXAMPLES = 3;

export function followRecorded(
  header: LogHeader,
  events: readonly LogEvent[],
  origins: readonly Origin[],
  arch: Architecture,
): FollowedLog {
  const profile = withConfig(findProfile(header.profile ?? '') ?? DEFAULT_PROFILE, header.config);
  const lane = laneOf(header, arch.at(profile), profile);
  const run = new Follower(lane);
  const positions: number[] = [];
  for (const [i, event] of events.entries()) {
    positions.push(run.events.length);
    run.follow(event, origins[i]!);
  }
  positions.push(run.events.length);
  return {
    events: run.events,
    origins: run.origins,
    followed: run.followed,
    position: (count) => positions[count] ?? run.events.length,
  };
}

class Follower {
  readonly events: LogEvent[] = [];
  readonly origins: Origin[] = [];
  readonly followed = new Map<string, { count: number; lines: number[] }>();
  private readonly player: Player;

  constructor(lane: Parameters<typeof createWorld>[0]) {
    this.player = new Player(kernelOptions(lane), createWorld(lane));
  }

  follow(event: LogEvent, origin: Origin): void {
    const { ret } = origin;
    if (ret !== null && DRIVER_CALLS.has(event.type)) {
      this.driverCall(event, origin, ret);
      return;
    }
    if (ret === null || !WITH_RESULT.has(event.type)) {
      this.play(event, origin);
      return;
    }
    if (ret === -1) this.failed(event, origin);
    else this.succeeded(event, origin, ret);
  }

  /** A call that the kernel refused does nothing: it stays out where the model would carry it out. */
  private driverCall(event: LogEvent, origin: Origin, ret: number): void {
    const outcome = this.tried(event);
    if (outcome === undefined || outcome.crash !== null || outcome.ret === ret) {
      this.play(event, origin);
      return;
    }
    const refused = ret < 0 || (event.type.startsWith('vmf_') && (ret & VM_FAULT_ERROR) !== 0);
    const what = `${event.type} returned ${ret}, and ${outcome.ret} in the model`;
    this.note(refused ? `${what}: left out` : what, origin.line);
    if (!refused) this.play(event, origin);
  }

  private get kernel(): Kernel {
    return this.player.kernel;
  }

  private note(what: string, line: number): void {
    const known = this.followed.get(what) ?? { count: 0, lines: [] };
    known.count++;
    if (known.lines.length < EXAMPLES) known.lines.push(line);
    this.followed.set(what, known);
  }

  /** Applies an event and keeps it; undefined where it names what does not exist: no replay could go beyond it. */
  private play(event: LogEvent, origin: Origin): Outcome | undefined {
    // a recording can say anything of what its kernel returned
    if (!isOfALog(event)) {
      this.note(`${nameOf(event)} with numbers that no log can have: left out`, origin.line);
      return undefined;
    }
    const outcome = this.step(event);
    if (outcome === undefined) {
      this.note(`${nameOf(event)} of what no event made: left out`, origin.line);
      return undefined;
    }
    this.events.push(event);
    this.origins.push(origin);
    return outcome;
  }

  private step(event: LogEvent): Outcome | undefined {
    try {
      return this.player.step(event);
    } catch (error) {
      if (!(error instanceof LogReferenceError)) throw error;
      return undefined;
    }
  }

  /** The kernel refused: what the model would carry out all the same stays out of the log. */
  private failed(event: LogEvent, origin: Origin): void {
    const outcome = this.tried(event);
    if (outcome !== undefined && outcome.crash === null && outcome.ret >= 0) {
      this.note(
        `${nameOf(event)} failed with ${origin.errno ?? 'an error'}, which the model would do: left out`,
        origin.line,
      );
      return;
    }
    this.play(event, origin);
  }

  private tried(event: LogEvent): Outcome | undefined {
    try {
      return this.player.probe(event);
    } catch (error) {
      if (!(error instanceof LogReferenceError)) throw error;
      return undefined;
    }
  }

  private succeeded(event: LogEvent, origin: Origin, ret: number): void {
    if (event.type === 'mprotect' || event.type === 'madvise' || event.type === 'mlock') this.fill(event, origin);
    if (event.type === 'mremap' && event.mapped_at !== undefined && this.staysWithout(event))
      this.note('mremap moved, where the model has room to grow: moved as recorded', origin.line);
    const outcome = this.play(event, origin);
    if (outcome === undefined) return;
    const page = this.kernel.arch.page.size;
    if (event.type === 'mremap' && (outcome.ret < 0 || outcome.mapped * page !== ret)) {
      this.note('mremap of memory that no event made: placed where the kernel put it', origin.line);
      this.place(event.mm, ret, event.new_pages, UNKNOWN_FLAGS, origin);
    } else if (event.type === 'mmap' && outcome.ret < 0 && outcome.crash === null) {
      // something stands there that the kernel had none of any more
      this.note('mmap where the model has something else: that is unmapped before', origin.line);
      this.events.pop();
      this.origins.pop();
      this.play({ type: 'munmap', mm: event.mm, at: { addr: ret }, pages: event.pages }, { ...origin, ret: null });
      this.play(event, origin);
    } else if (outcome.ret < 0 && outcome.crash === null) {
      this.note(`${nameOf(event)} succeeded, and fails in the model`, origin.line);
    }
  }

  /** Left to itself, the model would not move it. */
  private staysWithout({ mapped_at: _, ...event }: Extract<LogEvent, { type: 'mremap' }>): boolean {
    const outcome = this.tried(event);
    const page = this.kernel.arch.page.size;
    return outcome !== undefined && outcome.ret >= 0 && 'addr' in event.at && outcome.mapped * page === event.at.addr;
  }

  /** Parts of the range that no event made exist all the same: the call succeeded on them. */
  private fill(event: Extract<LogEvent, { type: 'mprotect' | 'madvise' | 'mlock' | 'munlock' }>, origin: Origin): void {
    if (!('addr' in event.at)) return;
    const page = this.kernel.arch.page.size;
    const mm = this.kernel.mms.get(event.mm);
    if (mm === undefined) return;
    let vpn = event.at.addr / page;
    const end = vpn + event.pages;
    let noted = false;
    while (vpn < end) {
      const vma = mm.find_vma(vpn);
      const next = Math.min(end, vma === undefined ? end : Math.max(vma.vm_start, vpn));
      if (next > vpn) {
        if (!noted) this.note(`${nameOf(event)} on memory that no event made: placed as anonymous memory`, origin.line);
        noted = true;
        this.place(event.mm, vpn * page, next - vpn, UNKNOWN_FLAGS, origin);
      }
      if (vma === undefined || vma.vm_start >= end) return;
      vpn = vma.vm_end;
    }
  }

  private place(mm: number, addr: number, pages: number, vm_flags: number, origin: Origin): void {
    this.play({ type: 'map_vma', mm, at: { addr }, pages, vm_flags }, { ...origin, ret: null });
  }
}

const nameOf = (event: LogEvent): string => (event.type === 'madvise' ? `madvise(${event.advice})` : event.type);
