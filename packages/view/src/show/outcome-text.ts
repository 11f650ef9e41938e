// SPDX-License-Identifier: GPL-2.0-or-later
/** What an event returned, in the kernel's names. */
import { errnoName, hexAddress, hexPte, type Outcome, vmFaultText } from '@specialbit/core';
import { frameLabel, type Kernel } from '@specialbit/core/kernel';
import type { LogEvent } from '@specialbit/events';
import { skippedText } from '../explain/outcome-explanation.js';
import { hex } from './pte-text.js';

/** asm-generic's si_codes of the two signals that an access can bring. */
const SI_CODE: Readonly<Record<string, string>> = {
  'SIGSEGV 1': 'SEGV_MAPERR',
  'SIGSEGV 2': 'SEGV_ACCERR',
  'SIGBUS 2': 'BUS_ADRERR',
};

/** Return value or signal: `0`, `-EINVAL`, `SIGBUS (BUS_ADRERR)`, `VM_FAULT_NOPAGE`, `0x20000000`. */
export function returnText(k: Kernel, event: LogEvent, out: Outcome): string {
  if (out.crash !== null) return out.crash.kind === 'BUG' ? 'BUG' : 'oops';
  if (out.hang) return 'never returns';
  if (out.signal !== null) {
    return `${out.signal} (${SI_CODE[`${out.signal} ${out.si_code}`] ?? `si_code ${out.si_code}`})`;
  }
  if (event.type.startsWith('vmf_')) return vmFaultText(out.ret);
  if (event.type === 'shrink' && out.ret === -1) return 'SHRINK_STOP';
  if (out.ret < 0) return `-${errnoName(out.ret) ?? -out.ret}`;
  if (out.mapped >= 0) return `0x${hexAddress(k.arch, out.mapped)}`;
  if (out.value !== null) return hex(out.value);
  if (out.pages !== null) return `${out.ret} (${out.pages.map((pfn) => frameLabel(k, pfn)).join(' ')})`;
  return String(out.ret);
}

/** What else there is to say of an outcome, a line each. */
export function outcomeNotes(k: Kernel, out: Outcome): string[] {
  const notes: string[] = [];
  const { crash, follow, left } = out;
  if (crash !== null) {
    notes.push(
      crash.kind === 'BUG'
        ? `BUG_ON in ${crash.where}: ${crash.what}; the kernel would die here, and the event is left out`
        : `${crash.where} looks at a struct page that does not exist: ${crash.what}; the event is left out`,
    );
  }
  const skipped = skippedText(k, out);
  if (skipped !== undefined) notes.push(skipped);
  const [fault, pfn_mkwrite, page_mkwrite] = out.calls;
  const calls = [
    [fault, '.fault'],
    [pfn_mkwrite, '.pfn_mkwrite'],
    [page_mkwrite, '.page_mkwrite'],
  ].flatMap(([n, name]) => (n === 0 ? [] : [n === 1 ? `${name}` : `${name} ${n} times`]));
  if (calls.length > 0) notes.push(`calls the driver's ${calls.join(', ')}`);
  if (out.refused !== null) notes.push(`the handler refuses: ${out.refused}`);
  if (out.loop) notes.push('the handler was called over and over, and cut off');
  if (out.hang && out.reasons.includes('fault_oom')) notes.push('there is no memory, and the access faults again');
  else if (out.hang) notes.push('every fault succeeds, and the access faults again');
  if (left !== null && left > 0) notes.push(`${left} pages were not inserted`);
  if (out.count !== null) notes.push(`the shrinker counted ${out.count}`);
  if (follow !== null) {
    const how = [follow.writable ? 'writable' : 'read-only', ...(follow.special ? ['special'] : [])].join(', ');
    notes.push(`pfn ${hex(follow.pfn)} (${frameLabel(k, follow.pfn)}), ${how}, pgprot ${hexPte(follow.prot)}`);
  }
  for (const { text } of out.messages) notes.push(text);
  return notes;
}
