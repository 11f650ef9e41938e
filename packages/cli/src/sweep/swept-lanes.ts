// SPDX-License-Identifier: GPL-2.0-or-later
import type { NamedLane } from '@specialbit/core';
import { type SweepSettings, searchHeader } from '@specialbit/search';
import { namedLanes } from '@specialbit/view';
import { lanesOf } from '../log/lane.js';

/** The lanes that settings name. Throws UsageError for one that is not known here, as of a plugin. */
export const sweptLanes = ({ lanes, frames }: Pick<SweepSettings, 'lanes' | 'frames'>): NamedLane[] =>
  namedLanes(lanesOf('--lane', searchHeader(frames), lanes, []));
