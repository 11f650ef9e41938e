// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What an event of a log needs, as far as names tell: the mappings and processes that it speaks of, what made those, and what
 * else was done to them. A first cut of a log that is made smaller: of thousands of events some tens are left, or it does
 * not do it and nothing is lost but a replay or two.
 */
import type { LogEvent } from '@specialbit/events';

interface Names {
  readonly mm?: number;
  readonly child?: number;
  readonly label?: string;
  readonly at?: { readonly label?: string };
  readonly to?: { readonly label?: string };
  readonly file?: string;
  readonly frame?: { readonly label?: string };
}

/** Logs that end with the last event of this one and have what it needs, the shorter ones first. */
export function closures(events: readonly LogEvent[]): readonly LogEvent[][] {
  const near = closure(events, false);
  const wide = closure(events, true);
  return [near, wide].filter((one, i, all) => one.length < (all[i + 1]?.length ?? events.length));
}

/** `wide`: with what else was done to the files and frames that are spoken of. */
function closure(events: readonly LogEvent[], wide: boolean): LogEvent[] {
  const known: Known = { mms: new Set(), labels: new Set(), others: new Set() };
  let kept = passOver(events, known, wide);
  // what a mapping is of, is known where it is made: once more for what was done to that later
  if (wide) kept = passOver(events, known, wide);
  return kept;
}

interface Known {
  readonly mms: Set<number>;
  readonly labels: Set<string>;
  readonly others: Set<string>;
}

function passOver(events: readonly LogEvent[], { mms, labels, others }: Known, wide: boolean): LogEvent[] {
  const kept: LogEvent[] = [];
  for (let i = events.length - 1; i >= 0; i--) {
    const event = events[i]!;
    const { mm, child, label, at, to, file, frame } = event as Names;
    const spoken = [label, at?.label, to?.label].filter((name) => name !== undefined);
    const touched = [file, frame?.label].filter((name) => name !== undefined);
    const needed =
      i === events.length - 1 ||
      (child !== undefined && mms.has(child)) ||
      spoken.some((name) => labels.has(name)) ||
      (wide && touched.some((name) => others.has(name)));
    if (!needed) continue;
    kept.push(event);
    if (mm !== undefined) mms.add(mm);
    for (const name of spoken) labels.add(name);
    if (wide) for (const name of touched) others.add(name);
  }
  return kept.reverse();
}
