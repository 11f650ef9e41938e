// SPDX-License-Identifier: GPL-2.0-or-later
/** Which page to look at when nobody has chosen one. */
import type { Session } from './session.js';

/** A page about which lanes part at event `n`, else one that the event wrote, else the first that is mapped. */
export function suggestion({ survey, lanes }: Session, n: number): string | null {
  const parts = survey.divergences.at(n).flatMap((divergence) => divergence.parts);
  for (const { what } of parts) {
    const page = /^mm (\d+) (\S+\[\d+\])$/.exec(what);
    if (page !== null) return page[1] === '0' ? page[2]! : `${page[1]}:${page[2]}`;
  }
  for (const lane of lanes) {
    const { kernel, diff } = lane.at(n);
    const { pte } = kernel;
    for (const { mm, vpn, level, after } of diff.ptes) {
      if (level === 'pte' && pte.none({ ...after })) continue;
      const at = kernel.mms.get(mm)?.placeName(vpn);
      if (at !== undefined) return mm === 0 ? at : `${mm}:${at}`;
    }
  }
  return null;
}
