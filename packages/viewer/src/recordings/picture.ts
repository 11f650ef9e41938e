// SPDX-License-Identifier: GPL-2.0-or-later
/** A moment of all lanes as a picture. */
import { type LaneHistory, pictureOf, svgLines, viewsAt } from '@specialbit/view';

/** SVG, behind event `n`. */
export function picture(lanes: readonly LaneHistory[], title: string, n: number): string {
  const worlds = viewsAt(lanes, n);
  const named = worlds.map((world, i) => ({ name: lanes[i]!.name, world }));
  return `${[...svgLines(pictureOf(title, named))].join('\n')}\n`;
}
