// SPDX-License-Identifier: GPL-2.0-or-later
import type { LogEvent } from '@specialbit/events';
import type { Mechanism, OfType } from '../base/mechanism.js';

/** A mechanism for each of the event types `T`. */
export type MechanismTable<T extends LogEvent['type']> = { readonly [K in T]: Mechanism<OfType<LogEvent, K>> };
