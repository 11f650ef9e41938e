// SPDX-License-Identifier: GPL-2.0-or-later
/** How every event is carried out; what is known of its kernel function beside that stands in facts.ts. */
import type { DriverCall, EventType, LogEvent, Statement } from '@specialbit/events';
import type { Kernel } from '../base/kernel.js';
import type { Mechanism } from '../base/mechanism.js';
import { DRIVER_CALLS } from '../driver/driver-calls.js';
import { runDriverCall } from './mapping.js';
import { MEMORY } from './memory.js';
import { SYSTEM_CALLS } from './system-calls.js';
import { THP } from './thp.js';

/** Every event that does something: an `expect` only states what must hold, `thread.begin` who acts. */
export type PlayedType = Exclude<EventType, Statement['type']>;

const RUN: ReadonlyMap<string, Mechanism<LogEvent>> = new Map([
  ...Object.entries({ ...SYSTEM_CALLS, ...MEMORY, ...THP } as Readonly<Record<string, Mechanism<LogEvent>>>),
  ...(Object.keys(DRIVER_CALLS) as DriverCall['type'][]).map(
    (type) => [type, runDriverCall as Mechanism<LogEvent>] as const,
  ),
]);

/** Ours: hands an event to its mechanism. */
export function runEvent(k: Kernel, event: LogEvent): void {
  RUN.get(event.type)?.(k, event);
}
