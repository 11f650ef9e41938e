// SPDX-License-Identifier: GPL-2.0-or-later
/** The questions of several lanes in one order, so that the same question stands in one row. */
import type { LaneSelection, PathNode } from '../../protocol.js';

export interface PathRow {
  readonly id: string;
  /** One a lane; null where it did not ask. */
  readonly nodes: readonly (PathNode | null)[];
  /** Lanes answered differently. */
  readonly parts: boolean;
}

export function pathRows(lanes: readonly LaneSelection[]): PathRow[] {
  const order: string[] = [];
  for (const { path } of lanes) {
    let at = 0;
    for (const { id } of path) {
      const known = order.indexOf(id);
      if (known < 0) order.splice(at++, 0, id);
      else at = Math.max(at, known + 1);
    }
  }
  return order.map((id) => {
    const nodes = lanes.map(({ path }) => path.find((node) => node.id === id) ?? null);
    const answers = new Set(nodes.flatMap((node) => (node === null ? [] : [node.answer])));
    return { id, nodes, parts: answers.size > 1 };
  });
}
