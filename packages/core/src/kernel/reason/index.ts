// SPDX-License-Identifier: GPL-2.0-or-later
/** Every reason by its name. */
import { DRIVER_REASONS } from './driver.js';
import { FAULT_REASONS } from './fault.js';
import { GUP_REASONS } from './gup.js';
import type { Reason } from './reason.js';

export const REASONS = { ...FAULT_REASONS, ...DRIVER_REASONS, ...GUP_REASONS } as const satisfies Readonly<
  Record<string, Reason>
>;

export type ReasonName = keyof typeof REASONS;
