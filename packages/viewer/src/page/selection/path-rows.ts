// SPDX-License-Identifier: GPL-2.0-or-later
/** The questions of several lanes, in the order in which each asks them: up to where they part the rows are the same. */
import type { LaneSelection, PathNode } from '../../protocol.js';

export interface PathRow {
  /** One a lane; null where it has asked all of its questions. */
  readonly nodes: readonly (PathNode | null)[];
  /** All lanes ask the same here, for the first time with different answers. */
  readonly parts: boolean;
}

export function pathRows(lanes: readonly LaneSelection[]): PathRow[] {
  const most = Math.max(0, ...lanes.map(({ path }) => path.length));
  let together = true;
  return Array.from({ length: most }, (_, i) => {
    const nodes = lanes.map(({ path }) => path[i] ?? null);
    const same = new Set(nodes.map((node) => node?.id)).size === 1;
    const answers = new Set(nodes.map((node) => node?.answer));
    const parts = together && same && answers.size > 1;
    together = together && same && answers.size === 1;
    return { nodes, parts };
  });
}
