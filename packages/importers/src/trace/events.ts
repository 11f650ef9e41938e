// SPDX-License-Identifier: GPL-2.0-or-later
/** The trace events of the kernel that say something about memory, from their printed fields to records. */
import { OPEN_FLAGS, parseBits, parseNumber } from '../names.js';
import type { Problems } from '../problems.js';
import type { TraceRecord } from '../records.js';
import { DriverProbes } from './driver-probes.js';
import { type At, type Bare, field, hex, numberFields } from './fields.js';
import { SyscallPairs } from './syscalls.js';

/** Bits of an x86 page fault's error code (arch/x86/include/asm/trap_pf.h). */
const X86_PF_WRITE = 2;
const X86_PF_INSTR = 16;
/** Events of our recipe (docs/recording.md): calls of drivers, their returns, names of opened files, facts of the machine. */
const PROBE = /^sb(r|o|m|f)?_(\w+)$/;
/** Of handle_mm_fault() (include/linux/mm_types.h). */
const FAULT_FLAG = { WRITE: 0x1, TRIED: 0x20, USER: 0x40, INSTRUCTION: 0x100, VMA_LOCK: 0x1000 } as const;
/** Counters by number, for tools that print no names (include/linux/mm_types_task.h). */
const MEMBERS = ['MM_FILEPAGES', 'MM_ANONPAGES', 'MM_SWAPENTS', 'MM_SHMEMPAGES'];

type Emit = (record: TraceRecord) => void;

/** Events that are known and say nothing here. */
const IGNORED = new Set([
  'mm_page_free',
  'mm_page_free_batched',
  'mm_page_alloc_zone_locked',
  'mm_collapse_huge_page_isolate',
  'mm_collapse_huge_page_swapin',
  'mm_khugepaged_scan',
  'mm_khugepaged_scan_file',
  'mm_filemap_map_pages',
  'mm_filemap_fault',
  'mm_filemap_add_to_page_cache',
  'mm_filemap_delete_from_page_cache',
  'ma_op',
  'ma_read',
  'exit_mmap',
  'vma_store',
  'vma_mas_szero',
  'tlb_flush',
  'sched_switch',
  'sched_waking',
  'sched_wakeup',
  'sched_wakeup_new',
  'sched_stat_runtime',
  'sched_process_free',
  'sched_process_wait',
  'task_rename',
  'signal_generate',
]);

export class TraceEvents {
  private readonly calls: SyscallPairs;
  private readonly probes = new DriverProbes();
  /** The page that a thread faulted on, until it makes a system call. */
  private readonly faulted = new Map<number, number>();
  /** The fault that a thread has tried under the lock of its VMA alone: what comes again without is the same. */
  private readonly underVmaLock = new Map<number, string>();
  /** A frame of the range that a thread has found fit to be collapsed (mm_khugepaged_scan_pmd). */
  private readonly scanned = new Map<number, number>();

  constructor(private readonly problems: Problems) {
    this.calls = new SyscallPairs(problems);
  }

  /** A call of handle_mm_fault() for a fault of the CPU (others have no registers), and not what a first call left to a second. */
  private handledFault(at: At, name: string, text: string, emit: Emit): boolean {
    const [addr, flags, regs] = ['addr', 'flags', 'regs'].map((key) => hex(field(text, key)));
    if (addr === undefined || flags === undefined) return this.bad(at, name, text);
    if (regs === 0 || (flags & FAULT_FLAG.TRIED) !== 0) return true;
    this.probes.done(at.pid, emit);
    const op = (flags & FAULT_FLAG.INSTRUCTION) !== 0 ? 'exec' : (flags & FAULT_FLAG.WRITE) !== 0 ? 'write' : 'read';
    const before = this.underVmaLock.get(at.pid);
    this.underVmaLock.delete(at.pid);
    if (before === `${op} ${addr}` && (flags & FAULT_FLAG.VMA_LOCK) === 0) return true;
    if ((flags & FAULT_FLAG.VMA_LOCK) !== 0) this.underVmaLock.set(at.pid, `${op} ${addr}`);
    this.faulted.set(at.pid, addr);
    emit({ type: 'fault', ...at, addr, op, user: (flags & FAULT_FLAG.USER) !== 0 });
    return true;
  }

  /** One event; `text`: its fields as printed. */
  event(at: At, name: string, text: string, emit: Emit): void {
    // `sys_exit_group(..)` of the trace file is a call, and not the end of one called `group`
    const call = text.startsWith('(') ? /^sys_()?(\w+)$/.exec(name) : /^sys_(?:(enter|exit)_)?(\w+)$/.exec(name);
    if (call !== null) {
      this.probes.done(at.pid, emit);
      this.faulted.delete(at.pid);
      this.syscall(at, call[1] || undefined, call[2]!, text, emit);
      return;
    }
    const before = this.problems.count;
    if (this.known(at, name, text, emit)) {
      if (this.problems.count === before) this.problems.read++;
    } else {
      this.problems.skipped++;
    }
  }

  end(emit: Emit): void {
    this.probes.end(emit);
    this.calls.end(emit);
  }

  /** `# specialbit: ram 00001000-0009fbff : System RAM`: what the script wrote in front of the trace. */
  comment(at: At, text: string, emit: Emit): void {
    const [, word, rest = ''] = /^# specialbit: (\w+) (.*)$/.exec(text) ?? [];
    if (word === 'kernel') {
      const [release = '', machine = ''] = rest.split(' ');
      emit({ type: 'machine', ...at, release, machine });
    } else if (word === 'ram') {
      const [, first, last] = /^([0-9a-f]+)-([0-9a-f]+) /.exec(rest) ?? [];
      if (first !== undefined && last !== undefined)
        emit({ type: 'machine', ...at, ram: [Number.parseInt(first, 16), Number.parseInt(last, 16)] });
    } else if (word === 'no') emit({ type: 'machine', ...at, missing: rest });
  }

  private bad(at: At, name: string, text: string): true {
    this.problems.add(at.line, `${name}: fields that are not understood`, text);
    return true;
  }

  private known(at: At, name: string, text: string, emit: Emit): boolean {
    if (IGNORED.has(name)) return false;
    switch (name) {
      case 'page_fault_user':
      case 'page_fault_kernel': {
        const addr = hex(field(text, 'address'));
        const code = hex(field(text, 'error_code'));
        this.probes.done(at.pid, emit);
        if (addr === undefined || code === undefined) return this.bad(at, name, text);
        this.faulted.set(at.pid, addr);
        const op = (code & X86_PF_INSTR) !== 0 ? 'exec' : (code & X86_PF_WRITE) !== 0 ? 'write' : 'read';
        const ip = field(text, 'ip');
        emit({ type: 'fault', ...at, addr, op, user: name === 'page_fault_user', ...(ip === undefined ? {} : { ip }) });
        return true;
      }
      case 'rss_stat': {
        const mm_id = parseNumber(field(text, 'mm_id') ?? '');
        const type = field(text, 'type') ?? MEMBERS[parseNumber(field(text, 'member') ?? '') ?? -1];
        const size = parseNumber((field(text, 'size') ?? '').replace(/B$/, ''));
        if (mm_id === undefined || type === undefined || size === undefined) return this.bad(at, name, text);
        emit({ type: 'rss', ...at, mm_id, curr: field(text, 'curr') === '1', member: type, pages: size / 4096 });
        return true;
      }
      case 'mm_page_alloc': {
        const pfn = parseNumber(field(text, 'pfn') ?? '');
        const order = parseNumber(field(text, 'order') ?? '');
        if (pfn === undefined || order === undefined) return this.bad(at, name, text);
        const page = hexBig(field(text, 'page'));
        if (page !== undefined) this.probes.pageAt(page, pfn);
        const user = text.includes('GFP_HIGHUSER_MOVABLE');
        emit({ type: 'page_alloc', ...at, pfn, order, user, huge: text.includes('GFP_TRANSHUGE') });
        return true;
      }
      case 'mm_khugepaged_scan_pmd': {
        const pfn = hex(field(text, 'scan_pfn')?.replace(/,$/, ''));
        this.scanned.delete(at.pid);
        if (pfn !== undefined && /status=succeeded/.test(text)) this.scanned.set(at.pid, pfn);
        return true;
      }
      case 'mm_collapse_huge_page': {
        const pfn = this.scanned.get(at.pid);
        this.scanned.delete(at.pid);
        if (!/status=\w+/.test(text)) return this.bad(at, name, text);
        if (!/status=succeeded/.test(text)) return true;
        const order = parseNumber(field(text, 'order') ?? '');
        emit({ type: 'collapse', ...at, mm_id: hashOf(text), addr: undefined, pfn, order });
        return true;
      }
      case 'mm_khugepaged_collapse_file': {
        const addr = hex(field(text, 'addr')?.replace(/,$/, ''));
        if (addr === undefined || !/result=\w+/.test(text)) return this.bad(at, name, text);
        if (!/result=succeeded/.test(text)) return true;
        emit({ type: 'collapse', ...at, mm_id: hashOf(text), addr, pfn: undefined, order: undefined });
        return true;
      }
      case 'ma_write': {
        const range = /range:(\d+)-(\d+) .* val (?!0+$)/.exec(text);
        if (range === null) return false;
        emit({ type: 'vma_store', ...at, start: Number(range[1]), end: Number(range[2]) + 1 });
        return true;
      }
      case 'vm_unmapped_area': {
        const addr = hex(field(text, 'addr'));
        const len = hex(field(text, 'len'));
        if (addr === undefined || len === undefined) return this.bad(at, name, text);
        emit({ type: 'unmapped_area', ...at, addr, len });
        return true;
      }
      case 'task_newtask': {
        const child = parseNumber(field(text, 'pid') ?? '');
        if (child === undefined) return this.bad(at, name, text);
        emit({ type: 'newtask', ...at, child, flags: hex(field(text, 'clone_flags')) });
        return true;
      }
      case 'sched_process_fork': {
        const child = parseNumber(field(text, 'child_pid') ?? '');
        if (child === undefined) return this.bad(at, name, text);
        emit({ type: 'newtask', ...at, child, flags: undefined });
        return true;
      }
      case 'sched_process_exec': {
        const path = field(text, 'filename');
        if (path === undefined) return this.bad(at, name, text);
        emit({ type: 'exec', ...at, path });
        return true;
      }
      case 'sched_process_exit': {
        const pid = parseNumber(field(text, 'pid') ?? '') ?? at.pid;
        this.probes.done(at.pid, emit);
        emit({ type: 'exit', ...at, pid });
        return true;
      }
      case 'signal_deliver':
        return false;
      case 'tracing_mark_write':
      case 'print':
        emit({ type: 'mark', ...at, text: text.trim() });
        return true;
      default:
        return this.probe(at, name, text, emit);
    }
  }

  private probe(at: At, name: string, text: string, emit: Emit): boolean {
    const [, kind, of] = PROBE.exec(name) ?? [];
    if (of === undefined) return false;
    if (kind === 'f') return this.handledFault(at, name, text, emit);
    if (kind === 'r') this.probes.leave(at, of, text, emit);
    else if (kind === 'o') {
      const path = /path="(.*)"/.exec(text)?.[1];
      if (path !== undefined) this.calls.path(at.pid, path);
    } else if (kind === 'm') {
      const zero_pfn = hex(field(text, 'zero_pfn') ?? field(text, 'zero_page_pfn'));
      const highest_memmap_pfn = hex(field(text, 'highest_memmap_pfn'));
      emit({
        type: 'machine',
        ...at,
        ...(zero_pfn === undefined ? {} : { zero_pfn }),
        ...(highest_memmap_pfn === undefined ? {} : { highest_memmap_pfn }),
      });
    } else {
      const place = { within: this.calls.mmapOf(at.pid), fault: this.faulted.get(at.pid) };
      this.probes.enter(at, of, text, place, emit);
    }
    return true;
  }

  /** `sys_mmap(addr: .., ..)`, `sys_mmap -> 0x..` of the trace file; `sys_enter_mmap: ..` of other tools. */
  private syscall(at: At, half: string | undefined, name: string, text: string, emit: Emit): void {
    if (/^\s*NR -?\d/.test(text)) {
      this.problems.add(at.line, 'raw_syscalls, which names no call: record syscalls:* instead', text);
      return;
    }
    const entering = half === undefined ? !text.trimStart().startsWith('->') : half === 'enter';
    if (entering) {
      const words = /\bflags: (O_[A-Z_|0-9a-fx]+)/.exec(text)?.[1];
      const flags = words === undefined ? undefined : parseBits(words, OPEN_FLAGS, true);
      const args = numberFields(text, bareOf(text));
      this.calls.enter(at, name, flags === undefined ? args : { ...args, flags }, text);
      return;
    }
    const ret = result(text.replace('->', '').replace('return:', '').trim());
    if (ret === undefined) {
      this.problems.add(at.line, 'a system call without a result', text);
      return;
    }
    this.calls.exit(at, name, ret, emit);
  }
}

/**
 * `sys_mmap(addr: 0, len: 21000, ..)`: up to 6.17 the kernel prints every argument as %lx, without 0x; from 6.18 on
 * those from 10 up have it (kernel/trace/trace_syscalls.c: print_syscall_enter). Calls that it prints in words
 * (openat from 6.19 on: sys_enter_openat_print) have decimal numbers. Other tools write 0x everywhere.
 */
function bareOf(text: string): Bare {
  return text.trimStart().startsWith('(') && !/\bflags: O_/.test(text) ? 'hex' : 'literal';
}

/** The mm_struct of an event as 32 bits of a hash, which rss_stat prints in decimal; undefined where the trace has addresses. */
function hashOf(text: string): number | undefined {
  const mm = /\bmm=(?:0x)?(?:0{8})?([0-9a-f]{8})\b/i.exec(text);
  return mm === null ? undefined : hex(mm[1]);
}

/** What a call returned, printed as 64 bits: negative errnos in two's complement. */
function result(text: string): number | undefined {
  if (!/^0x[0-9a-f]{9,16}$/i.test(text)) return parseNumber(text);
  return Number(BigInt.asIntN(64, BigInt(text)));
}

function hexBig(text: string | undefined): bigint | undefined {
  if (text === undefined || !/^(0x)?[0-9a-f]+$/i.test(text)) return undefined;
  return BigInt(text.startsWith('0x') ? text : `0x${text}`);
}
