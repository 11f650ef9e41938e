// SPDX-License-Identifier: GPL-2.0-or-later
/** Calls on a range of addresses. */
import { type Advice, MREMAP_FLAGS } from '@specialbit/events';
import { VM_MAYBE_GUARD } from '../proc/vm-flag-letters.js';
import type { SyscallRecord } from '../records.js';
import type { LogBuilder } from './log-builder.js';

/** munmap, mprotect, madvise, mlock, mremap. */
export function convertRange(
  b: LogBuilder,
  record: SyscallRecord,
  mm: number,
  call: Extract<SyscallRecord['call'], { addr: number }>,
): void {
  const { addr } = call;
  switch (call.name) {
    case 'munmap':
      if (addr % b.page !== 0) return;
      b.emit({ type: 'munmap', mm, at: b.place(addr), pages: b.pagesOf(call.len) }, record);
      return;
    case 'mprotect':
      if (addr % b.page !== 0) return;
      b.emit({ type: 'mprotect', mm, at: b.place(addr), pages: b.pagesOf(call.len), prot: call.prot & 7 }, record);
      return;
    case 'madvise': {
      if (addr % b.page !== 0) return;
      let { advice } = call;
      if (advice === 'MADV_GUARD_INSTALL' || advice === 'MADV_GUARD_REMOVE') {
        if (record.ret !== 0) {
          b.leave('guard pages that were refused');
          return;
        }
        b.chosen.add('guard pages (MADV_GUARD_INSTALL) are taken as pages that were given back and are not touched');
        guard(b, mm, addr, call.len, advice === 'MADV_GUARD_INSTALL');
        if (advice === 'MADV_GUARD_REMOVE') return;
        b.emit(
          { type: 'vm_flags_mod', mm, at: b.place(addr), set: VM_MAYBE_GUARD, clear: 0 },
          { ...record, ret: null },
        );
        advice = 'MADV_DONTNEED';
      }
      b.emit({ type: 'madvise', mm, at: b.place(addr), pages: b.pagesOf(call.len), advice: advice as Advice }, record);
      return;
    }
    case 'mlock':
    case 'mlock2':
    case 'munlock': {
      const pages = b.pagesOf(addr + call.len) - Math.floor(addr / b.page);
      b.emit({ type: call.name === 'munlock' ? 'munlock' : 'mlock', mm, at: b.place(addr), pages }, record);
      return;
    }
    case 'mseal':
      if (addr % b.page !== 0) return;
      b.emit({ type: 'mseal', mm, at: b.place(addr), pages: b.pagesOf(call.len) }, record);
      return;
    case 'mremap': {
      // arguments that make no sense; nothing happens
      if (record.errno === 'EINVAL') {
        refusedMremap(b, record, mm, call);
        return;
      }
      const fixed = (call.flags & MREMAP_FLAGS.MREMAP_FIXED) !== 0;
      const ret = record.ret ?? -1;
      b.emit(
        {
          type: 'mremap',
          mm,
          at: b.place(addr),
          pages: b.pagesOf(call.old_len),
          new_pages: b.pagesOf(call.new_len),
          flags: call.flags,
          ...(fixed ? { to: b.place(call.new_addr) } : {}),
          ...(!fixed && ret !== -1 && ret !== addr ? { mapped_at: b.place(ret) } : {}),
        },
        record,
      );
      return;
    }
    default:
      return;
  }
}

/**
 * EINVAL for arguments that make no sense has no effect. With good ones it comes from the file's
 * get_unmapped_area(), after the target of MREMAP_FIXED was unmapped (mremap_to, mm/mremap.c).
 */
export function refusedMremap(
  b: LogBuilder,
  record: SyscallRecord,
  mm: number,
  call: Extract<SyscallRecord['call'], { name: 'mremap' }>,
): void {
  const { addr, old_len, new_len, new_addr } = call;
  const valid = addr % b.page === 0 && new_addr % b.page === 0 && new_len > 0 && old_len > 0;
  const apart = addr + old_len <= new_addr || new_addr + new_len <= addr;
  const fixed = call.flags === (MREMAP_FLAGS.MREMAP_MAYMOVE | MREMAP_FLAGS.MREMAP_FIXED);
  if (!valid || !apart || !fixed) {
    b.leave('mremap with arguments that are not valid');
    return;
  }
  b.emit({ type: 'munmap', mm, at: b.place(new_addr), pages: b.pagesOf(new_len) }, { ...record, ret: null });
}

/** More guard pages in one call are not followed. */
const MOST_GUARDS = 2 ** 20;

/** Guard pages are no part of the model: it only has to keep away from them. */
export function guard(b: LogBuilder, mm: number, addr: number, len: number, install: boolean): void {
  if (len / b.page > MOST_GUARDS) {
    b.leave('guard pages over a range that is too large to follow');
    return;
  }
  for (let at = addr; at < addr + len; at += b.page) {
    if (install) b.guarded.add(`${mm} ${at}`);
    else b.guarded.delete(`${mm} ${at}`);
  }
}
