// SPDX-License-Identifier: GPL-2.0-or-later
/** Which page to look at when nobody has chosen one. */
import type { Session } from './session.js';

/** A page about which lanes part at event `n`, else one that the event wrote, else the first that is mapped. */
export function suggestion({ survey, lanes }: Session, n: number): string | null {
  for (const { what } of survey.divergences.partsOf(n)) {
    const page = /^mm (\d+) (\S+\[\d+\])$/.exec(what);
    if (page !== null) return subjectText(Number(page[1]), page[2]!);
  }
  for (const lane of lanes) {
    const { kernel, diff } = lane.at(n);
    const { pte } = kernel;
    for (const { mm, vpn, level, after } of diff.ptes) {
      if (level === 'pte' && pte.none({ ...after })) continue;
      const at = kernel.mms.get(mm)?.placeName(vpn);
      if (at !== undefined) return subjectText(mm, at);
    }
  }
  return namedBy(lanes, n) ?? firstMapped(lanes, n);
}

/** The page that the event itself names. */
function namedBy(lanes: Session['lanes'], n: number): string | null {
  const event = lanes[0]?.at(n).last?.event;
  if (event === undefined || !('at' in event) || event.at === undefined || !('label' in event.at)) return null;
  const { label, page } = event.at;
  const mm = 'mm' in event ? event.mm : 0;
  const mapped = lanes.some((lane) => lane.at(n).kernel.mms.get(mm)?.labels[label] !== undefined);
  return mapped ? subjectText(mm, `${label}[${page}]`) : null;
}

function firstMapped(lanes: Session['lanes'], n: number): string | null {
  for (const lane of lanes) {
    const { kernel } = lane.at(n);
    for (const mm of kernel.mms.values()) {
      for (const vma of mm.vmas) {
        const at = mm.pt.isEmpty(vma.vm_start, vma.vm_end) ? undefined : mm.placeName(vma.vm_start);
        if (at !== undefined) return subjectText(mm.id, at);
      }
    }
  }
  return null;
}

const subjectText = (mm: number, at: string): string => (mm === 0 ? at : `${mm}:${at}`);
