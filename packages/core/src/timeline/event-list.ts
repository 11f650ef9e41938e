// SPDX-License-Identifier: GPL-2.0-or-later
/** The events of a timeline: an array, or another list with an edit in it that copies nothing. */
import type { LogEvent } from '@specialbit/events';
import type { LogReferenceError } from '../kernel/base/errors.js';

export interface EventList {
  readonly length: number;
  /** The event at `index`, from 0. */
  get(index: number): LogEvent;
  /**
   * Told of an event that names what does not exist; the event is left out. Without this it is an
   * EventError. A lane beside others needs it: what another lane has may have failed here.
   */
  lost?(index: number, error: LogReferenceError): void;
}

export class EventArray implements EventList {
  constructor(private readonly events: readonly LogEvent[]) {}

  get length(): number {
    return this.events.length;
  }

  get(index: number): LogEvent {
    return this.events[index]!;
  }
}

/** `parent` with `removed` events at `at` replaced by `inserted`. */
export class SplicedEvents implements EventList {
  readonly length: number;
  readonly lost?: (index: number, error: LogReferenceError) => void;

  constructor(
    private readonly parent: EventList,
    private readonly at: number,
    private readonly removed: number,
    private readonly inserted: readonly LogEvent[],
  ) {
    this.length = parent.length - removed + inserted.length;
    if (parent.lost !== undefined) this.lost = (index, error) => parent.lost!(index, error);
  }

  get(index: number): LogEvent {
    if (index < this.at) return this.parent.get(index);
    const own = this.inserted[index - this.at];
    return own ?? this.parent.get(index - this.inserted.length + this.removed);
  }
}
