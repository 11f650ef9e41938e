// SPDX-License-Identifier: GPL-2.0-or-later
/** What is seen as text of 78 columns: what the command prints for it. */
import { explainPte } from '@specialbit/core';
import {
  explanationLines,
  MAIL_WIDTH,
  parseSubject,
  resolveSubject,
  sideBySideLines,
  viewsAt,
  worldLines,
} from '@specialbit/view';
import type { Calls } from '../protocol.js';
import type { Session } from './session.js';

const plain = (text: string): string => text;
const PLAIN = {
  color: { bold: plain, cyan: plain, dim: plain, inverse: plain, red: plain, yellow: plain, green: plain },
};

export function twin(session: Session, { n, of, subject }: Parameters<Calls['twin']>[0]): string {
  const { lanes } = session;
  const lines = of === 'explain' && subject !== undefined ? explained(session, n, subject) : states(session, n);
  return `${lines.join('\n').trimEnd()}\n`;

  function states({ lanes: all }: Session, at: number): string[] {
    const worlds = viewsAt(all, at);
    return of === 'compare'
      ? sideBySideLines(worlds, MAIL_WIDTH * 10, PLAIN)
      : worlds.flatMap((world) => ['', ...worldLines(world, PLAIN)]);
  }

  function explained({ lanes: all }: Session, at: number, text: string): string[] {
    return all.flatMap((lane, i) => {
      const { kernel } = lane.at(at);
      const [target] = resolveSubject(kernel, parseSubject(text)).targets ?? [];
      if (target === undefined || !('pte' in target)) return [];
      const { mm, vpn } = target.pte;
      const e = explainPte(lane.timeline.options, kernel, mm, vpn);
      return [...(i === 0 ? [] : ['']), ...explanationLines(e, lanes[i]!.timeline.options.arch, at, PLAIN)];
    });
  }
}
