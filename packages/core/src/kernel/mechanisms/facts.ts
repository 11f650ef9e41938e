// SPDX-License-Identifier: GPL-2.0-or-later
/** What is known of every mechanism: who tells of the kernel loads it, who plays events does not. */
import { MECHANISM_ASKS } from '../base/asked.js';
import type { Asked, KernelFacts, KernelOrigin } from '../base/mechanism.js';
import type { PlayedType } from './index.js';
import { DRIVER_CALLS_ORIGINS } from './origins/driver-calls.js';
import { MEMORY_ORIGINS } from './origins/memory.js';
import { SYSTEM_CALLS_ORIGINS } from './origins/system-calls.js';
import { THP_ORIGINS } from './origins/thp.js';

const ORIGINS: Readonly<Record<PlayedType, KernelOrigin>> = {
  ...SYSTEM_CALLS_ORIGINS,
  ...MEMORY_ORIGINS,
  ...THP_ORIGINS,
  ...DRIVER_CALLS_ORIGINS,
};

/** Where each event's function is in the kernel, what the model of it asks, and what it omits. */
export const MECHANISMS: Readonly<Record<PlayedType, KernelFacts>> = Object.fromEntries(
  Object.entries(ORIGINS).map(([type, origin]) => [
    type,
    { ...origin, ...(MECHANISM_ASKS as Readonly<Record<string, Asked>>)[type]! },
  ]),
) as Record<PlayedType, KernelFacts>;
