// SPDX-License-Identifier: GPL-2.0-or-later
import type { Imported } from '@specialbit/importers';
import { count } from '@specialbit/view';

/** What was read, left out and chosen. */
export function importSummary(imported: Imported, milliseconds: number): string[] {
  const { events, records, problems, left, images, header } = imported;
  const lines = [
    `${count(records)} records became ${count(events.length)} events in ${(milliseconds / 1000).toFixed(2)} s`,
  ];
  for (const file of problems) {
    if (file.read + file.count === 0) continue;
    lines.push(
      `${file.file}: ${count(file.read)} lines used, ${count(file.skipped)} not about memory, ${count(file.count)} not understood`,
    );
    for (const { what, count: times, examples } of file.kinds()) {
      lines.push(`  ${count(times)}: ${what}`);
      for (const example of examples) lines.push(`    line ${example.line}: ${example.text}`);
    }
  }
  const results = [...imported.followed.values()].reduce((sum, { count: n }) => sum + n, 0);
  if (results > 0) {
    lines.push(`recorded results that the model does not reach, ${count(results)}: the log follows them`);
    for (const [what, { count: times, lines: at }] of imported.followed)
      lines.push(`  ${count(times)}: ${what} (line ${at.join(', ')}${times > at.length ? ', …' : ''})`);
  }
  for (const [why, times] of left) lines.push(`left out, ${count(times)}: ${why}`);
  for (const [origin, times] of images)
    lines.push(`programs started, ${count(times)}: their mappings from ${ORIGINS[origin] ?? origin}`);
  for (const remark of header.chosen ?? []) lines.push(`chosen: ${remark}`);
  return lines;
}

const ORIGINS: Readonly<Record<string, string>> = {
  elf: "this machine's program headers",
  snapshot: 'a later snapshot',
  unknown: 'nowhere; they start empty',
};
