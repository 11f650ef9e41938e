// SPDX-License-Identifier: GPL-2.0-or-later
/** The mechanism of every event type: where its function is in the kernel, what it asks, what it omits, how it runs. */
import type { DriverCall, EventType, LogEvent, Statement } from '@specialbit/events';
import { MECHANISM_ASKS } from '../base/asked.js';
import type { Kernel } from '../base/kernel.js';
import type { Asked, KernelFacts, KernelOrigin } from '../base/mechanism.js';
import { DRIVER_CALLS } from '../driver/driver-calls.js';
import { runDriverCall } from './mapping.js';
import { MEMORY } from './memory.js';
import { SYSTEM_CALLS } from './system-calls.js';
import { THP } from './thp.js';

/** Every event that does something: an `expect` only states what must hold, `thread.begin` who acts. */
export type PlayedType = Exclude<EventType, Statement['type']>;

const TABLES: Readonly<Record<PlayedType, KernelOrigin>> = { ...SYSTEM_CALLS, ...MEMORY, ...THP, ...DRIVER_CALLS };

/** Where each event's function is in the kernel, what the model of it asks, and what it omits. */
export const MECHANISMS: Readonly<Record<PlayedType, KernelFacts>> = Object.fromEntries(
  Object.entries(TABLES).map(([type, origin]) => {
    // what some tables have beside it, how the event runs, is none of the facts
    const { function: name, file, later, since, omits } = origin;
    const told = { function: name, file, ...(later && { later }), ...(since && { since }), omits };
    return [type, { ...told, ...(MECHANISM_ASKS as Readonly<Record<string, Asked>>)[type]! }];
  }),
) as Record<PlayedType, KernelFacts>;

type Run = (k: Kernel, event: LogEvent) => void;

const RUN: ReadonlyMap<string, Run> = new Map([
  ...Object.entries({ ...SYSTEM_CALLS, ...MEMORY, ...THP }).map(([type, { run }]) => [type, run as Run] as const),
  ...(Object.keys(DRIVER_CALLS) as DriverCall['type'][]).map((type) => [type, runDriverCall as Run] as const),
]);

/** Ours: hands an event to its mechanism. */
export function runEvent(k: Kernel, event: LogEvent): void {
  RUN.get(event.type)?.(k, event);
}
