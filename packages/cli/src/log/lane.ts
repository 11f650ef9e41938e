// SPDX-License-Identifier: GPL-2.0-or-later
/** Names of lanes, among the architectures that the command knows: those of plugins included. */
import { LaneNames } from '@specialbit/view';
import { architectures } from '../architectures.js';

/** Lanes on a kernel list: the option of commands that show lanes. */
export const KERNEL_OPTION = [
  '--kernel <names>',
  'kernels of the lanes: 6.1,7.3, or all for those that are proven',
] as const;

const LANES = new LaneNames(() => architectures);

/** See `LaneNames`. */
export const lanesOf: LaneNames['lanesOf'] = (...given) => LANES.lanesOf(...given);
export const laneOf: LaneNames['laneOf'] = (...given) => LANES.laneOf(...given);
export const kernelNamed: LaneNames['kernelNamed'] = (...given) => LANES.kernelNamed(...given);
export const kernelsNamed: LaneNames['kernelsNamed'] = (...given) => LANES.kernelsNamed(...given);
export const architectureAt: LaneNames['architectureAt'] = (...given) => LANES.architectureAt(...given);
export const architecturesAt: LaneNames['architecturesAt'] = (...given) => LANES.architecturesAt(...given);
