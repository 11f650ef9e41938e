// SPDX-License-Identifier: GPL-2.0-or-later
/** Two logs beside each other: events that are the same, and those that were changed, added or removed. */
import type { AlignedEvents } from '@specialbit/core';
import { encodeEvent, type LogEvent } from '@specialbit/events';
import type { NumberedEvent } from '@specialbit/view';
import { diffArrays } from 'diff';

/** Events beside each other, with their numbers in their logs. */
export interface AlignedPair extends AlignedEvents {
  readonly leftNumber: number | null;
  readonly rightNumber: number | null;
}

export function align(left: readonly NumberedEvent[], right: readonly NumberedEvent[]): AlignedPair[] {
  const key = ({ event }: NumberedEvent): string => JSON.stringify(encodeEvent(event));
  const pairs: AlignedPair[] = [];
  let l = 0;
  let r = 0;
  let removed: NumberedEvent[] = [];
  let added: NumberedEvent[] = [];
  const flush = (): void => {
    pairs.push(...changed(removed, added));
    removed = [];
    added = [];
  };
  for (const { value, removed: gone, added: come } of diffArrays(left.map(key), right.map(key))) {
    const n = value.length;
    if (gone) {
      removed.push(...left.slice(l, l + n));
      l += n;
    } else if (come) {
      added.push(...right.slice(r, r + n));
      r += n;
    } else {
      flush();
      for (let i = 0; i < n; i++) pairs.push(pair(left[l++]!, right[r++]!, true));
    }
  }
  flush();
  return pairs;
}

function pair(left: NumberedEvent | null, right: NumberedEvent | null, same = false): AlignedPair {
  return {
    left: left?.event ?? null,
    right: right?.event ?? null,
    same,
    leftNumber: left?.number ?? null,
    rightNumber: right?.number ?? null,
  };
}

/** What one log has in the place of what the other has: events of one type with one label, or else at one place, are changed ones. */
function changed(removed: readonly NumberedEvent[], added: readonly NumberedEvent[]): AlignedPair[] {
  const pairs: AlignedPair[] = [];
  let next = 0;
  for (const gone of removed) {
    const like = (key: (event: LogEvent) => string): number =>
      added.findIndex((come, i) => i >= next && key(gone.event) === key(come.event));
    const at = like(kin) >= 0 ? like(kin) : like(placeOf);
    if (at < 0) {
      pairs.push(pair(gone, null));
      continue;
    }
    for (; next < at; next++) pairs.push(pair(null, added[next]!));
    pairs.push(pair(gone, added[next++]!));
  }
  for (; next < added.length; next++) pairs.push(pair(null, added[next]!));
  return pairs;
}

/** Another call for the same page is a change too; events without a place are like none. */
function placeOf(event: LogEvent): string {
  return 'at' in event && 'mm' in event ? JSON.stringify([event.mm, event.at]) : event.type;
}

function kin(event: LogEvent): string {
  return [event.type, 'mm' in event ? event.mm : '', 'label' in event ? event.label : ''].join();
}
