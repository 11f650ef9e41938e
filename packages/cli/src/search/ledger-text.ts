// SPDX-License-Identifier: GPL-2.0-or-later
/** The ledger in Markdown. */
import { DEFAULT_PROFILE } from '@specialbit/core';
import { decodeEvent } from '@specialbit/events';
import { count, eventText } from '@specialbit/view';
import {
  joined,
  type Markdown,
  markdownCode,
  markdownRow,
  markdownText,
  md,
  ownMarkdown,
} from '@specialbit/view/escape';
import { several } from './found-log.js';
import type { LedgerOptions, LedgerPair } from './ledger.js';

export function ledgerLines(pairs: readonly LedgerPair[], { depth, pages, frames }: LedgerOptions): Markdown[] {
  const events = markdownText(several(depth, 'event'));
  const lines = [
    md`# The ledger: where two kernels part`,
    md``,
    md`For each pair of lanes a shortest log for each way in which they part, of all logs of up to ${events} over`,
    md`a mapping of ${markdownText(several(pages, 'page'))} and the frames ${markdownText(frames.join(', '))}. "Because of" names what was exchanged in a run in which that`,
    md`difference is gone: the proof. A lane without a kernel is on ${markdownText(DEFAULT_PROFILE.name)}.`,
  ];
  for (const { lanes, causes, states } of pairs) {
    lines.push(md``, md`## ${markdownText(lanes.join(' and '))}`, md``);
    if (causes.length === 0) {
      lines.push(md`None in logs of up to ${events} (${markdownText(count(states))} states).`);
      continue;
    }
    lines.push(md`| events | what differs | because of | log |`, md`| --- | --- | --- | --- |`);
    for (const { headline, names, proof, events: shortest, link } of causes) {
      const because = joined(names.length > 0 ? names.map(markdownCode) : [markdownText(proof)], ', ');
      const log = joined(
        shortest.map((event) => markdownCode(eventText(decodeEvent(event)))),
        '; ',
      );
      // a link of the viewer is letters, digits and a few signs that are none of Markdown's
      const open = md`${log} [open](${ownMarkdown(link)})`;
      lines.push(markdownRow([md`${shortest.length}`, markdownText(headline), because, open]));
    }
    lines.push(md``, markdownText(`${several(causes.length, 'way')} (${count(states)} states).`));
  }
  return lines;
}
