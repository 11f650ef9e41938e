// SPDX-License-Identifier: GPL-2.0-or-later
/** The mechanism of every event type: where its function is in the kernel, what it asks, what it omits, how it runs. */
import type { DriverCall, EventType, LogEvent } from '@specialbit/events';
import type { Kernel } from '../base/kernel.js';
import type { KernelFacts, Mechanism } from '../base/mechanism.js';
import { DRIVER_CALLS } from '../driver/driver-calls.js';
import { runDriverCall } from './mapping.js';
import { MEMORY } from './memory.js';
import { SYSTEM_CALLS } from './system-calls.js';
import type { MechanismTable } from './table.js';

/** Every event that does something; an `expect` only states what must hold, and the player of the log checks it. */
export type PlayedType = Exclude<EventType, 'expect'>;

/** Ours: the same of a driver's call, as an event. */
function asEvent({
  reindexes: _,
  run: __,
  ...facts
}: KernelFacts & { reindexes?: boolean; run: unknown }): Mechanism<DriverCall & { readonly mm: number }> {
  return { ...facts, run: runDriverCall };
}

const driverCalls = Object.fromEntries(
  Object.entries(DRIVER_CALLS).map(([type, mechanism]) => [type, asEvent(mechanism)]),
) as MechanismTable<DriverCall['type']>;

export const MECHANISMS: MechanismTable<PlayedType> = { ...SYSTEM_CALLS, ...MEMORY, ...driverCalls };

const RUN: Readonly<Record<string, ((k: Kernel, event: LogEvent) => void) | undefined>> = Object.fromEntries(
  Object.entries(MECHANISMS).map(([type, { run }]) => [type, run as (k: Kernel, event: LogEvent) => void]),
);

/** Ours: hands an event to its mechanism. */
export function runEvent(k: Kernel, event: LogEvent): void {
  RUN[event.type]?.(k, event);
}
