// SPDX-License-Identifier: GPL-2.0-or-later
import type { LaneInfo } from '../../protocol.js';

/** Columns, one a lane: few of them share the page, more are scrolled. */
export const columnsOf = (lanes: number): string => (lanes <= 4 ? `columns few-${lanes}` : 'columns');

/** The name in pieces between which a line may break: before its kernel, and behind each word of it. */
export const breakable = (name: string): string[] => name.split(/(?=@)|(?<=_)/);

/** Names of lanes that are drawn as one: the first few, and how many more. */
export function laneTitle(all: readonly LaneInfo[], lanes: readonly number[], most = 6): string {
  const names = lanes.slice(0, most).map((i) => all[i]!.name);
  const left = lanes.length - names.length;
  return names.join(', ') + (left > 0 ? ` and ${left} more` : '');
}
