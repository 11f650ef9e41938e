// SPDX-License-Identifier: GPL-2.0-or-later
/** The ledger in Markdown. */
import { DEFAULT_PROFILE } from '@specialbit/core';
import { decodeEvent } from '@specialbit/events';
import { count, eventText } from '@specialbit/view';
import { markdownCode, markdownOwnCell } from '@specialbit/view/escape';
import { several } from './found-log.js';
import type { LedgerOptions, LedgerPair } from './ledger.js';

export function ledgerLines(pairs: readonly LedgerPair[], { depth, pages, frames }: LedgerOptions): string[] {
  const lines = [
    '# The ledger: where two kernels part',
    '',
    `For each pair of lanes a shortest log for each way in which they part, of all logs of up to ${several(depth, 'event')} over`,
    `a mapping of ${several(pages, 'page')} and the frames ${frames.join(', ')}. "Because of" names what was exchanged in a run in which that`,
    `difference is gone: the proof. A lane without a kernel is on ${DEFAULT_PROFILE.name}.`,
  ];
  for (const { lanes, causes, states } of pairs) {
    lines.push('', `## ${lanes.join(' and ')}`, '');
    if (causes.length === 0) {
      lines.push(`None in logs of up to ${several(depth, 'event')} (${count(states)} states).`);
      continue;
    }
    lines.push('| events | what differs | because of | log |', '| --- | --- | --- | --- |');
    for (const { headline, names, proof, events, link } of causes) {
      const because = names.length > 0 ? names.map((name) => `\`${name}\``).join(', ') : proof;
      const log = events.map((event) => markdownOwnCell(markdownCode(eventText(decodeEvent(event))))).join('; ');
      lines.push(`| ${events.length} | ${markdownOwnCell(headline)} | ${because} | ${log} [open](${link}) |`);
    }
    lines.push('', `${several(causes.length, 'way')} (${count(states)} states).`);
  }
  return lines;
}
