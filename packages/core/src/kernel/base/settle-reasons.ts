// SPDX-License-Identifier: GPL-2.0-or-later
/** Forgets the reasons of what failed on the way and did not matter in the end. */
import type { LogEvent } from '@specialbit/events';
import { VM_FAULT_ERROR } from './mm-types.js';
import { NO_REASONS, type Outcome } from './outcome.js';

/** Ours: did less than what was asked for come of the event? */
export function failed(event: LogEvent, out: Outcome): boolean {
  if (out.crash !== null || out.signal !== null || out.hang || out.ret < 0) return true;
  switch (event.type) {
    case 'brk':
      // it answers with the end as it is
      return out.ret !== event.brk;
    case 'pin_user_pages':
    case 'pin_user_pages_fast':
    case 'get_user_pages':
    case 'get_user_pages_fast':
    case 'get_user_pages_fast_only':
      return out.ret < event.pages;
    case 'access_process_vm':
      return out.ret === 0;
    default:
      return event.type.startsWith('vmf_insert_') && (out.ret & VM_FAULT_ERROR) !== 0;
  }
}

/** Ours: to be called when the event is done. */
export function settleReasons(event: LogEvent, out: Outcome): void {
  if (out.reasons !== NO_REASONS && !failed(event, out)) out.reasons = NO_REASONS;
}
