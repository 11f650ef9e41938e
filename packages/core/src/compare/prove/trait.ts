// SPDX-License-Identifier: GPL-2.0-or-later
/** One thing in which two lanes differ, and that can be exchanged between them. */
import type { Architecture } from '../../arch/architecture.js';
import type { Feature } from '../../arch/feature.js';
import { DEFAULT_PROFILE } from '../../profile/profiles.js';
import type { LaneOptions } from '../../world/create.js';

/** Two lanes that are compared. */
export interface LanePair {
  readonly left: LaneOptions;
  readonly right: LaneOptions;
}

export type TraitKind = 'feature' | 'fact' | 'architecture' | 'machine' | 'config';

/** What is given to whom: the lane that gets the other one's value. */
export type Side = keyof LanePair;

export interface Trait {
  /** `mremap_several_vmas`, `HAVE_GUP_FAST`, `pte_special`: unique among those of a pair. */
  readonly id: string;
  readonly kind: TraitKind;
  /** The lane that gets the other one's value when it is exchanged; the other way is not always possible. */
  readonly side: Side;
  /** What it is on the left and on the right, in words: to follow "x86_64: ". */
  readonly left: string;
  readonly right: string;
  /** One event can be played with it exchanged, in a world that was made without. */
  readonly midway: boolean;
  /** Only of features. */
  readonly feature?: Feature;
  /** The lane of `side`, with the other one's value. */
  exchanged(pair: LanePair): LaneOptions;
}

/** The architecture of a lane as its kernel has it. */
export const architectureOf = ({ arch, profile = DEFAULT_PROFILE }: LaneOptions): Architecture => arch.at(profile);

/** A lane whose architecture is edited, whatever its kernel. */
export function withArchitecture(lane: LaneOptions, edit: (arch: Architecture) => Architecture): LaneOptions {
  const { arch } = lane;
  return { ...lane, arch: { ...edit(arch), at: (kernel) => edit(arch.at(kernel)) } };
}

/** Both lanes with some traits exchanged. */
export function exchange(pair: LanePair, traits: readonly Trait[]): LanePair {
  let { left, right } = pair;
  for (const trait of traits) {
    const exchanged = trait.exchanged({ left, right });
    if (trait.side === 'left') left = exchanged;
    else right = exchanged;
  }
  return { left, right };
}
