// SPDX-License-Identifier: GPL-2.0-or-later
/** Which real kernel answers for a lane, or why none does. */
import { DEFAULT_PROFILE, type LaneOptions } from '@specialbit/core';
import { hasHugePages, MACHINES, type Machine } from '@specialbit/lab';

export interface RealLane {
  readonly name: string;
  readonly lane: LaneOptions;
  readonly machine: Machine;
  /** What `--kernel` of `lab build` would be. */
  readonly kernel: string;
  /** Symbols that the lane sets, as a configuration has them. */
  readonly config: readonly string[];
}

export interface NoLane {
  readonly name: string;
  readonly why: string;
}

/** What transcripts' machines have, or would not get by a symbol alone. */
const ALWAYS = new Set(['CONFIG_FIND_NORMAL_PAGE', 'CONFIG_TRANSPARENT_HUGEPAGE']);

export function realLane(lane: LaneOptions): RealLane | NoLane {
  const { arch, profile = DEFAULT_PROFILE } = lane;
  // with its kernel, whatever the default is when somebody reads it
  const name = `${arch.name}@${profile.name.replace(/^linux-/, '')}`;
  const huge = hasHugePages(lane);
  const names = [arch.name, ...arch.aliases].map((known) => (huge ? `${known}-huge` : known));
  const machine = MACHINES.find((known) => names.includes(known.name));
  if (machine === undefined)
    return { name, why: huge ? 'huge pages: the laboratory has them on x86_64 alone' : `no machine for ${arch.name}` };
  if (profile.plus.length > 0 || profile.minus.length > 0)
    return { name, why: 'a kernel with changed features is none that can be booted' };
  const config = [...profile.config].filter((symbol) => !ALWAYS.has(symbol)).map((symbol) => `${symbol}=y`);
  return { name, lane, machine, kernel: profile.version, config };
}
